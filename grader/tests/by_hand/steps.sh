# Sourced by the scripts that are run by hand: steps, a line each. Expects $logs, an empty folder, once steps run.

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 2; }

passed=0
failures=()
# step NAME FUNCTION ARGUMENT...: runs it, its output in a log of its name; shows the end of the log when it fails. What
# the function leaves in $note stands behind it, $prefix before it.
step() {
  local name="$1" log="$logs/$2.log" start=$SECONDS
  [ ! -e "$log" ] || log="$logs/$2-$((passed + ${#failures[@]})).log"
  shift
  note=""
  printf '%s%-66s ' "${prefix:-}" "$name"
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    say "OK      $((SECONDS - start)) s${note:+   $note}"
    return 0
  fi
  failures+=("$name")
  say "FAILED  $((SECONDS - start)) s${note:+   $note}"
  tail -n 25 "$log" | sed 's/^/    | /'
  return 1
}

# finish WHAT WHERE: the last line, and the exit status.
finish() {
  if [ ${#failures[@]} -eq 0 ]; then
    say "$1: all $passed steps passed"
    exit 0
  fi
  say "$1: ${#failures[@]} failed, $passed passed; $2"
  exit 1
}
