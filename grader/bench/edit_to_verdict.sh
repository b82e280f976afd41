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
mkdir "$submission" "$work/times" "$work/bare"
. "$root/grader/bench/timing.sh"

# A change that the compiler cannot skip: new text at the end of the file.
edit() { printf '// edited %s\n' "$(now)" >>"$submission/$1.cpp"; }

grade() { "$root/grade" run --submission "$submission" "$1"; }

ordinary() { cmake --build "$work/ordinary-$1" && "$work/ordinary-$1/tests"; }

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
    learn_commands "$id" "$submission/$id.cpp"
    timed "bare-$id" bare "$id" "$submission/$id.cpp"
    timed "ordinary-$id" ordinary "$id"
  done
done

heading "$rounds"
echo "| exercise | grader s | bare compile and link s | ordinary project s | grader / bare | ordinary / grader | nothing changed s |"
echo "|---|---|---|---|---|---|---|"
for id in "$@"; do
  echo "| $id | $(median "grade-$id") | $(median "bare-$id") | $(median "ordinary-$id") | $(ratio "grade-$id" "bare-$id") | $(ratio "ordinary-$id" "grade-$id") | $(median "again-$id") |"
done
