#!/usr/bin/env bash
# From an edit to the verdict, on finished solutions: the grader, the bare compile and link of the same
# file, and an ordinary CMake and Catch2 project, one after the other, round by round, because machines
# are noisy. Prints medians and ratios as Markdown.
#
#   grader/bench/edit_to_verdict.sh [ROUNDS [EXERCISE...]]      (7 rounds, every exercise)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
rounds="${1:-7}"
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(cd "$root/exercises" && ls -d */exercise.toml | xargs dirname)
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
submission="$work/submission"
mkdir "$submission" "$work/times"
workers="$root/build/dev/workers"

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

# A change that the compiler cannot skip: new text at the end of the file.
edit() { printf '// edited %s\n' "$(now)" >>"$submission/$1.cpp"; }

# Beside each object and worker the driver keeps, one argument a line, the command that made it.
learn_commands() {
  local id="$1" key
  mapfile -t compile < <(grep -lF "$submission/$id.cpp" "$workers"/*/key | xargs ls -t | head -1 | xargs sed '/^learner.o$/q')
  for key in $(ls -t "$workers"/*/key); do
    if [ -f "$(dirname "$key")/worker" ] && grep -q "/exercises/$id/libglue.a" "$key"; then
      mapfile -t link < <(sed '/^-o$/q' "$key")
      break
    fi
  done
}

bare() {
  cp "$submission/$1.cpp" "$work/bare/$1.cpp"
  (cd "$work/bare" && "${compile[@]}" && "${link[@]:0:3}" learner.o "${link[@]:4}" worker)
}

grade() { "$root/grade" run --submission "$submission" "$1"; }

ordinary() { cmake --build "$work/ordinary-$1" && "$work/ordinary-$1/tests"; }

mkdir "$work/bare"
for id in "$@"; do
  cp "$root/solutions/$id/$id.cpp" "$submission/$id.cpp"
  cmake -G Ninja -S "$root/grader/bench/ordinary" -B "$work/ordinary-$id" -DCMAKE_CXX_COMPILER=g++ -DEXERCISE="$id" -DLEARNER_FILE="$submission/$id.cpp" >/dev/null
  ordinary "$id" >/dev/null
  grade "$id" >/dev/null 2>&1
done
for round in $(seq "$rounds"); do
  for id in "$@"; do
    edit "$id"
    timed "grade-$id" grade "$id"
    timed "again-$id" grade "$id"
    learn_commands "$id"
    timed "bare-$id" bare "$id"
    timed "ordinary-$id" ordinary "$id"
  done
done

echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(. /etc/os-release && echo "$PRETTY_NAME"), $(clang++ --version | head -1), $(g++ --version | head -1), $(date +%F), medians of $rounds"
echo
echo "| exercise | grader s | bare compile and link s | ordinary project s | grader / bare | ordinary / grader | nothing changed s |"
echo "|---|---|---|---|---|---|---|"
for id in "$@"; do
  echo "| $id | $(median "grade-$id") | $(median "bare-$id") | $(median "ordinary-$id") | $(ratio "grade-$id" "bare-$id") | $(ratio "ordinary-$id" "grade-$id") | $(median "again-$id") |"
done
