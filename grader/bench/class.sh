#!/usr/bin/env bash
# A class of finished files, all different, beside the bare compile and link of the same files, with the kit's warm header
# and plainly without: blocks of all by turns, because machines are noisy. Then the memory of the driver for a small and a
# large class. Prints Markdown.
#
#   grader/bench/class.sh [FILES [EXERCISE]]      (100 files, attention)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
files="${1:-100}"
id="${2:-attention}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/times" "$work/bare" "$work/submission"
. "$root/grader/bench/timing.sh"
blocks=4
each=$((files / blocks))

# write N FOLDER: so many files that nobody has compiled before.
write() {
  local i
  mkdir -p "$2"
  for i in $(seq "$1"); do
    { cat "$root/solutions/$id/$id.cpp"; echo "// $i $(now)"; } >"$2/student$i.cpp"
  done
}

# class_of FOLDER HIDDEN: in the folder's class.
class_of() {
  printf 'exercises = ["%s"]\nhidden = "%s"\nseed = 1\n' "$id" "$2" >"$work/course.toml"
  "$root/grade" class "$1" --out "$1-out" --course "$work/course.toml"
}

all_bare() { for file in "$1"/*.cpp; do bare "$id" "$file"; done; }

# Of a plain compile a few tell enough: it takes ten times as long.
plainly=3
few_plainly() { for file in $(ls "$1"/*.cpp | head -n "$plainly"); do plain "$id" "$file"; done; }

# The same by as many at once as there are processors: what the machine can do. Two processors that share a core do less
# than twice the work of one.
all_bare_at_once() (
  local lane lanes
  lanes="$(nproc)"
  for lane in $(seq "$lanes"); do
    (
      work="$work/lane$lane"
      mkdir -p "$work/bare"
      for file in $(ls "$1"/*.cpp | sed -n "$lane~${lanes}p"); do bare "$id" "$file"; done
    ) &
  done
  wait
)

# peak PID: kilobytes that the process itself had at most, not those it started.
peak() {
  local most=0 now
  while now="$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" 2>/dev/null)" && [ -n "$now" ]; do
    most="$now"
    sleep 0.1
  done
  echo "$most"
}

cp "$root/solutions/$id/$id.cpp" "$work/submission/$id.cpp"
printf '// edited %s\n' "$(now)" >>"$work/submission/$id.cpp"
"$root/grade" run --submission "$work/submission" --hidden "$id" >/dev/null 2>&1
learn_commands "$id" "$work/submission/$id.cpp"
for block in $(seq "$blocks"); do
  for hidden in points off; do
    write "$each" "$work/$hidden-$block"
    timed "class-$hidden" class_of "$work/$hidden-$block" "$hidden"
    timed "bare" all_bare "$work/$hidden-$block"
    timed "at-once" all_bare_at_once "$work/$hidden-$block"
    timed "plain" few_plainly "$work/$hidden-$block"
  done
done

heading "$blocks blocks of $each files of $id"
echo "| | seconds a file | files a minute | throughput / (cores / bare) | throughput / bare, all at once | throughput / (cores / plain) |"
echo "|---|---|---|---|---|---|"
line() {
  awk -v name="$1" -v all="$(median "$2")" -v bare="$(median bare)" -v most="$(median at-once)" -v each="${3:-$each}" -v n="$each" \
    -v plain="$(median plain)" -v few="$plainly" -v cores="$(nproc)" \
    'BEGIN { a = all / each; printf "| %s | %.3f | %.0f | %.2f | %.2f | %.2f |\n", name, a, 60 / a, bare / n / cores / a, most / n / a, plain / few / cores / a }'
}
line "class, hidden tests too" class-points
line "class, visible tests" class-off
line "bare, as many at once as processors" at-once
line "bare, one at a time" bare
line "plain: without the warm header, -O1, one at a time" plain "$plainly"
echo
for size in ${SIZES:-50 500}; do
  write "$size" "$work/memory-$size"
  printf 'exercises = ["%s"]\nseed = 1\n' "$id" >"$work/course.toml"
  "$built/bin/instructors" --root "$root" --toolchain "$built/toolchain.json" class \
    "$work/memory-$size" --out "$work/memory-out-$size" --course "$work/course.toml" >/dev/null 2>&1 &
  echo "the driver's own memory at its peak, $size files: $(peak $!) KB"
  wait
done
