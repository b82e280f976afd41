#!/usr/bin/env bash
# What a class costs a cluster: processor time of a slice and of each submission in it, memory, and what it asks of the
# shared file system (docs/scaling.md). Prints Markdown. Needs strace, and time for its peak of memory.
#
#   grader/bench/slices.sh [SUBMISSIONS [EXERCISE]]      (20, attention)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
built="${QKV_BUILD_DIR:-$root/build}/dev"
most="${1:-20}"
id="${2:-attention}"
work="$(mktemp -d /var/tmp/qkv-slices.XXXXXX)"
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%R %U %S'
printf 'exercises = ["%s"]\nseed = 1\n' "$id" >"$work/course.toml"

# slice_of N: a class of N finished files that nobody has compiled before, as one slice. Prints OUT.
slice_of() {
  local i class="$work/$1-$RANDOM"
  mkdir "$class"
  for i in $(seq "$1"); do
    { cat "$root/solutions/$id/$id.cpp"; echo "// $i $(date +%N)"; } >"$class/student$i.cpp"
  done
  "$root/grade" class "$class" --out "$class-out" --course "$work/course.toml" --engine slices --per-job "$1" >/dev/null
  echo "$class-out"
}

# cost N: wall and processor seconds, and the peak of memory in KB, of a slice of N.
cost() {
  local out
  out="$(slice_of "$1")"
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$out/slices/run.sh" 1 0 >/dev/null 2>&1
  [ "$(ls "$out/results" | wc -l)" -eq "$1" ] || { echo "not all of $out is graded" >&2; exit 1; }
  awk '{ print $1, $2 + $3, $4 }' "$work/time"
}

slice_of 1 >/dev/null  # everything is built
one="$(cost 1)" many="$(cost "$most")"
echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1 /proc/loadavg); slices of 1 and of $most files of $id"
echo
echo "| | wall s | processor s | peak of a process, MB |"
echo "|---|---|---|---|"
echo "$one" | awk '{ printf "| a slice of 1 | %.2f | %.2f | %.0f |\n", $1, $2, $3 / 1024 }'
echo "$many" | awk -v n="$most" '{ printf "| a slice of %d | %.2f | %.2f | %.0f |\n", n, $1, $2, $3 / 1024 }'
echo "$one $many" | awk -v n="$most" '{ printf "| each further submission | | %.2f | |\n", ($5 - $2) / (n - 1) }'
echo

# ---- the shared file system ----

# calls OUT: all calls of its slice that name a file, and what they read and wrote.
calls() {
  strace -f -qq -y -s 0 -e trace=%file,read,write,writev,pread64,close,getdents64 -o "$work/trace" "$1/slices/run.sh" 1 0 >/dev/null 2>&1
}

# count NAME PREFIX: one line of the table.
count() {
  awk -v prefix="$2" -v name="$1" -v n="$3" '
    index($0, prefix) == 0 { next }
    { call = $2; sub(/\(.*/, "", call); result = $NF }
    call == "read" || call == "pread64" { if (result > 0) in_bytes += result; next }
    call ~ /^writev?$/ { if (result > 0) out_bytes += result; next }
    call == "getdents64" || call == "close" { next }
    call == "openat" && /O_CREAT/ && /O_RDWR|O_WRONLY/ && !/ = -1 / { made++ }
    call ~ /^rename/ { renamed++ }
    { named++ }
    END { printf "| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, named / n, made / n, renamed / n, in_bytes / n / 1024, out_bytes / n / 1024 }' "$work/trace"
}

echo "| a submission, of a slice of $most | calls with a path | files made | renamed | KB read | KB written |"
echo "|---|---|---|---|---|---|"
out="$(slice_of "$most")"
calls "$out"
count "OUT" "$out" "$most"
count "the build" "$built" "$most"
count "the checkout beside it" "$root/exercises" "$most"
count "the node's own disk" "/qkv-slice." "$most"
echo
echo "a slice: $(($(stat -c %s "$out/slices/1/0") / most)) bytes a submission; a result: $(du -b "$out/results"/*.json | awk '{ s += $1 } END { print int(s / NR) }') bytes"
