#!/usr/bin/env bash
# A class of finished files, all different, beside the bare compile and link of the same files: blocks of both by turns,
# because machines are noisy. Then the memory of the driver for a small and a large class. Prints Markdown.
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

cp "$root/solutions/$id/$id.cpp" "$work/submission/$id.cpp"
printf '// edited %s\n' "$(now)" >>"$work/submission/$id.cpp"
"$root/grade" run --submission "$work/submission" --hidden "$id" >/dev/null 2>&1
learn_commands "$id" "$work/submission/$id.cpp"
for block in $(seq "$blocks"); do
  for hidden in points off; do
    write "$each" "$work/$hidden-$block"
    timed "class-$hidden" class_of "$work/$hidden-$block" "$hidden"
    timed "bare" all_bare "$work/$hidden-$block"
  done
done

heading "$blocks blocks of $each files of $id"
echo "| | seconds a file | files a minute | throughput / (cores / bare) |"
echo "|---|---|---|---|"
line() {
  awk -v name="$1" -v all="$(median "$2")" -v bare="$(median bare)" -v each="$each" -v cores="$(nproc)" \
    'BEGIN { printf "| %s | %.3f | %.0f | %.2f |\n", name, all / each, 60 * each / all, (each / all) / (cores / (bare / each)) }'
}
line "class, hidden tests too" class-points
line "class, visible tests" class-off
awk -v bare="$(median bare)" -v each="$each" 'BEGIN { printf "| bare, one at a time | %.3f | %.0f | |\n", bare / each, 60 * each / bare }'
echo
for size in ${SIZES:-50 500}; do
  write "$size" "$work/memory-$size"
  printf 'exercises = ["%s"]\nseed = 1\n' "$id" >"$work/course.toml"
  /usr/bin/time -f "driver's memory for $size files: %M KB" "$built/bin/instructors" --root "$root" --toolchain "$built/toolchain.json" class \
    "$work/memory-$size" --out "$work/memory-out-$size" --course "$work/course.toml" 2>&1 >/dev/null | grep memory
done
