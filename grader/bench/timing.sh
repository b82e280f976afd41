# Sourced by the benchmarks: times, medians, and the bare build of a learner's file. Expects $root and $work, with the
# folders $work/times and $work/bare.
built="${QKV_BUILD_DIR:-$root/build}/dev"

now() { date +%s%N; }

# timed NAME COMMAND...: appends the microseconds that the command took to $work/times/NAME.
timed() {
  local name="$1" begin
  shift
  begin="$(now)"
  "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  echo $((($(now) - begin) / 1000)) >>"$work/times/$name"
}

median() { sort -n "$work/times/$1" | awk '{ v[NR] = $1 } END { printf "%.3f", (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) / 1e6 }'; }

ratio() { awk -v a="$(median "$1")" -v b="$(median "$2")" 'BEGIN { printf "%.2f", a / b }'; }

# learn_commands ID FILE: from the keys that the driver keeps beside each object and worker, one argument a line: how
# the file is compiled, and what is linked. A person would link with the compiler, so `bare` does.
learn_commands() {
  local id="$1" file="$2" workers="$built/workers" key
  mapfile -t compile < <(grep -lxF "$file" "$workers"/*/key | xargs ls -t | head -1 | xargs sed '/^learner.o$/q')
  for key in $(ls -t "$workers"/*/key); do
    if [ -f "$(dirname "$key")/worker" ] && grep -q "/exercises/$id/libglue.a" "$key"; then
      mapfile -t objects < <(sed -n '/^--gc-sections$/,/^-lstdc++$/p' "$key" | sed '1,2d;$d; s/^--/-Wl,--/')
      break
    fi
  done
}

# bare ID FILE: the compile and the link, without walls and without anything around them.
bare() {
  cp "$2" "$work/bare/$1.cpp"
  (cd "$work/bare" && "${compile[@]}" && "${compile[0]}" -static-pie -fuse-ld=mold -Wl,--gc-sections learner.o "${objects[@]}" -o worker)
}

# plain ID FILE: the same as somebody does it who has no warm header: the file includes what it includes, -O1.
plain() {
  local word all=() without=()
  for word in "${compile[@]}"; do
    case "$word" in -O0) all+=(-O1) ;; -include-pch | *.pch) ;; *) all+=("$word") ;; esac
  done
  for word in "${objects[@]}"; do case "$word" in */warm.o) ;; *) without+=("$word") ;; esac; done
  cp "$2" "$work/bare/$1.cpp"
  (cd "$work/bare" && "${all[@]}" && "${all[0]}" -static-pie -fuse-ld=mold -Wl,--gc-sections learner.o "${without[@]}" -o worker)
}

heading() {
  echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(. /etc/os-release && echo "$PRETTY_NAME"), $(clang++ --version | head -1), $(g++ --version | head -1), $(date +%F), medians of $1"
  echo
}
