#!/usr/bin/env bash
# From a save to the verdict in `watch`, against the bare compile and link of the same file, round by round. Works on a
# copy of the exercises; prints medians as Markdown.
#
#   grader/bench/watch.sh [ROUNDS [EXERCISE...]]      (7 rounds, multi_head_attention transformer)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
rounds="${1:-7}"
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- multi_head_attention transformer
work="$(mktemp -d)"
kit="$work/kit"
mkdir "$work/bare" "$work/times" "$kit"
watching=""
trap '[ -z "$watching" ] || kill $watching; wait; rm -rf "$work"' EXIT
cp -r "$root/exercises" "$root/solutions" "$kit"
for file in "$root"/solutions/*/; do id="$(basename "$file")"; cp "$file/$id.cpp" "$kit/exercises/$id/$id.cpp"; done

. "$root/grader/bench/timing.sh"

grader=("$built/bin/grader" --root "$kit" --toolchain "$built/toolchain.json")
edit() { printf '// edited %s\n' "$(now)" >>"$kit/exercises/$1/$1.cpp"; }

# Reads what watch prints up to the next verdict.
verdict() { local line; while read -r line <&4; do case "$line" in *"verdict after"*) return 0 ;; esac; done; return 1; }

save_and_wait() { edit "$1"; verdict; }

watch() {
  mkfifo "$work/said-$1"
  "${grader[@]}" watch ${2:-} >"$work/said-$1" 2>/dev/null &
  watching=$!
  exec 4<"$work/said-$1"
  verdict
}

stop() { kill $watching; wait $watching || true; watching=""; exec 4<&-; }

"$root/grade" run --submission "$kit/exercises" >/dev/null 2>&1
for id in "$@"; do
  watch "$id" "$id"
  for round in $(seq "$rounds"); do
    timed "watch-$id" save_and_wait "$id"
    learn_commands "$id" "$kit/exercises/$id/$id.cpp"
    timed "bare-$id" bare "$id" "$kit/exercises/$id/$id.cpp"
  done
  stop
  # All eight, after an edit of this one.
  for round in $(seq "$rounds"); do
    edit "$id"
    timed "all-$id" "${grader[@]}" run
    timed "again-$id" "${grader[@]}" run
    timed "command-$id" "$root/grade" run --submission "$kit/exercises"
  done
done

heading "$rounds"
echo "| edited | in watch s | bare compile and link s | watch / bare | all eight, after the edit s | all eight, nothing changed s | the same by ./grade s |"
echo "|---|---|---|---|---|---|---|"
for id in "$@"; do
  echo "| $id | $(median "watch-$id") | $(median "bare-$id") | $(ratio "watch-$id" "bare-$id") | $(median "all-$id") | $(median "again-$id") | $(median "command-$id") |"
done
