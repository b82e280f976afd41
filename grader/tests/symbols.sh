#!/usr/bin/env bash
# No name of the kit is defined by two of its libraries: not twice for the linker, and not as two things of one name, of
# which the linker takes either in silence.
#   symbols.sh NM ARCHIVE...
# A function that headers define stands in several archives, rightly; then every copy must be of one size within a
# folder's flags, and only archives that may include the header have it: those of its own namespace, or of higher rooms.
set -eu
nm="$1"
shift
for archive in "$@"; do
  "$nm" --defined-only --extern-only --print-size --format=posix "$archive" 2>/dev/null |
    awk -v archive="$(basename "$archive")" '$1 ~ /^_Z[A-Z]*N?K?3qkv/ && $2 ~ /^[TDBRWVu]$/ { print $1, $2, $4, archive }'
done | sort -u | awk '
  # driver: one namespace, one set of flags
  function driver(archive) { return archive ~ /libqkv_(base|walls|model|quiz|build|explain|grading|report|proof|watch|commands|class|handout)\.a/ }
  # Each program has one of it, for Eigen to call.
  $1 ~ /22eigen_assertion_failed/ { next }
  {
    if ($2 ~ /[TDBR]/ && ($1 in strong) && strong[$1] != $4) { print $1 ": defined by " strong[$1] " and by " $4; faults++ }
    if ($2 ~ /[TDBR]/) strong[$1] = $4
    if (driver($4) && ($1 in size) && size[$1] != $3) {
      print $1 ": one thing in " where[$1] ", another in " $4 " (" size[$1] " and " $3 " bytes)"; faults++
    }
    if (driver($4)) { size[$1] = $3; where[$1] = $4 }
    if ($1 ~ /^_Z[A-Z]*N?K?3qkv6grader/ && !driver($4)) { print $1 ": of the driver, but in " $4; faults++ }
    if ($1 ~ /^_Z[A-Z]*N?K?3qkv6worker/ && $4 !~ /worker/) { print $1 ": of the worker, but in " $4; faults++ }
    if ($1 ~ /^_Z[A-Z]*N?K?3qkv7harness/ && $4 !~ /harness|testing|in_process/) { print $1 ": of the harness, but in " $4; faults++ }
    seen++
  }
  END {
    if (seen < 100) { print "only " seen + 0 " names were seen: wrong archives?"; faults++ }
    exit faults > 0
  }'
