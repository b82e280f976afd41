#!/usr/bin/env bash
# What the second wall costs: the start of a worker, and a build, with and without it, one after the
# other, round by round. Prints medians as Markdown.
#
#   grader/bench/walls.sh [ROUNDS [EXERCISE]]      (15 rounds, attention)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
rounds="${1:-15}" id="${2:-attention}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/submission"
file="$work/submission/$id.cpp"
cp "$root/solutions/$id/$id.cpp" "$file"

median() { sort -n "$work/$1" | awk '{ v[NR] = $1 } END { printf "%.6f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# The seconds that the driver measured for compiling and linking a file it has never seen.
build() {
  printf '// edited %s\n' "$(date +%s%N)" >>"$file"
  "$root/grade" run --submission "$work/submission" --sandbox "$1" --format json "$id" 2>/dev/null |
    sed -n 's/.*"seconds": \([0-9.e-]*\),*$/\1/p' | head -1 >>"$work/build-$1"
}

# The command that starts a worker, as the driver last left it for people who run the tests by hand.
worker_command() {
  "$root/grade" run --sandbox "$1" "$id" >/dev/null 2>&1 || true
  sed 's/.*"worker":\["\(.*\)"\].*/\1/; s/","/\n/g' "${QKV_BUILD_DIR:-$root/build}/dev/exercises/$id/run.json"
}

# A worker without a channel ends at once: start and end, forty times.
start() {
  local -n command="$1"
  local begin times=40
  begin="$(date +%s%N)"
  for _ in $(seq $times); do "${command[@]}" 3</dev/null >/dev/null 2>&1 || true; done
  awk -v ns=$(($(date +%s%N) - begin)) -v n=$times 'BEGIN { print ns / n / 1e9 }' >>"$work/start-$1"
}

"$root/grade" run --submission "$work/submission" "$id" >/dev/null 2>&1
mapfile -t off < <(worker_command off)
mapfile -t on < <(worker_command on)
for _ in $(seq "$rounds"); do
  for mode in off on; do
    build $mode
    start $mode
  done
done

echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(. /etc/os-release && echo "$PRETTY_NAME"), $(bwrap --version), $(date +%F), medians of $rounds, exercise $id"
echo
echo "| | confine alone | with bubblewrap | difference |"
echo "|---|---|---|---|"
awk -v a="$(median start-off)" -v b="$(median start-on)" 'BEGIN { printf "| start and end of a worker, ms | %.1f | %.1f | %.1f |\n", a * 1e3, b * 1e3, (b - a) * 1e3 }'
awk -v a="$(median build-off)" -v b="$(median build-on)" 'BEGIN { printf "| compile and link of a finished file, s | %.3f | %.3f | %.1f %% |\n", a, b, (b - a) / a * 100 }'
