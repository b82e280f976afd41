#!/usr/bin/env bash
# ./grade, grader/setup.sh and grader/build.sh on machines that are unwell, in a kit of four small programs: its grader
# prints what it was made from. Needs no privileges.     usage: building.sh [NAME...]: these tests, else all
set -u
kit_root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
unset QKV_BUILD_DIR QKV_LANGUAGE
export LC_ALL=C.UTF-8 system="$scratch/system"

fail() { printf 'FAILED: %s\n' "$*"; sed 's/^/    | /' "$scratch/said" 2>/dev/null; exit 1; }

# A kit whose header "of the system" and whose compiler lie outside it.
new_kit() {
  rm -rf "$scratch/kit" "$system"
  mkdir -p "$scratch/kit/grader" "$scratch/kit/exercises" "$system/include" "$system/bin"
  cp "$kit_root/grade" "$scratch/kit/" && cp "$kit_root"/grader/{setup,build}.sh "$scratch/kit/grader/"
  header 1
  compiler 1
  cat >"$scratch/kit/CMakePresets.json" <<END
{"version": 3, "configurePresets": [{"name": "dev", "generator": "Ninja", "binaryDir": "\${sourceDir}/build/\${presetName}",
  "cacheVariables": {"CMAKE_CXX_COMPILER": "$system/bin/clang++", "FROM_PRESET": "1"}}]}
END
  cat >"$scratch/kit/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(qkv LANGUAGES CXX)
include(precompile.cmake)
file(APPEND "${PROJECT_SOURCE_DIR}/runs" "run\n")
file(WRITE "${PROJECT_BINARY_DIR}/toolchain.json" "{\"clang\": \"${CMAKE_CXX_COMPILER}\"}")
add_executable(grader main.cpp)
foreach(name qkv_warm qkv_worker confine)
  add_executable(${name} EXCLUDE_FROM_ALL other.cpp)
  target_precompile_headers(${name} REUSE_FROM grader)
endforeach()
target_include_directories(grader SYSTEM PRIVATE "$ENV{system}/include")
qkv_precompile(grader <header.hpp>)
target_compile_definitions(grader PRIVATE FROM_PRESET=${FROM_PRESET})
foreach(name grader qkv_warm qkv_worker confine)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  target_include_directories(${name} SYSTEM PRIVATE "$ENV{system}/include")
endforeach()
END
  # As the kit's own precompiled header is made.
  sed -n '/^function(qkv_precompile/,/^endfunction/p' "$kit_root/cmake/Rooms.cmake" >"$scratch/kit/precompile.cmake"
  printf '#include <cstdio>\nint main() { std::printf("header %%d, compiler %%d, preset %%d, main 1\\n", HEADER, COMPILER, FROM_PRESET); }\n' >"$scratch/kit/main.cpp"
  printf 'int main() { return HEADER - HEADER; }\n' >"$scratch/kit/other.cpp"
}

# header NUMBER: as a package manager would put it there, with the time that it had in its package.
header() {
  printf '#define HEADER %s\n' "$1" >"$system/include/header.hpp"
  touch -d '2020-01-01 12:00:00' "$system/include/header.hpp"
}
compiler() {
  printf '#!/bin/sh\nexec clang++ -DCOMPILER=%s "$@"\n' "$1" >"$system/bin/clang++.new"
  chmod +x "$system/bin/clang++.new"
  touch -d '2020-01-01 12:00:00' "$system/bin/clang++.new"
  mv "$system/bin/clang++.new" "$system/bin/clang++"
}

# grades [KIT]: runs its ./grade; what it says is in $scratch/said.
grades() { "${1:-$scratch/kit}/grade" >"$scratch/said" 2>&1; }
prints() { grep -qF -- "$1" "$scratch/said" || fail "it did not say: $1"; }
silent_about() { ! grep -qF -- "$1" "$scratch/said" || fail "it said: $1"; }
lines() { [ "$(wc -l <"$scratch/said")" -eq "$1" ] || fail "it said other than $1 lines"; }

test_nothing_to_do_is_silent() {
  grades || fail "the first ./grade"
  prints "Configuring (once)"
  prints "header 1, compiler 1, preset 1, main 1"
  grades || fail "the second ./grade"
  lines 1
}

# The header says something else at the size and, as packages do, at the time that it had; then at another size.
test_system_header_with_an_older_time() {
  grades && prints "header 1"
  header 2
  grades || fail "a header of another content"
  prints "header 2"
  prints "($system/include/header.hpp): building it anew"
  header 33
  touch -d '2019-01-01' "$system/include/header.hpp"
  grades || fail "a header of another size"
  prints "header 33"
}

# What was built is left as it is, and a program that is not built yet can be.
test_system_header_with_another_time_only() {
  grades && prints "header 1"
  rm "$scratch/kit/build/dev/bin/confine"
  rm -r "$scratch"/kit/build/dev/CMakeFiles/confine.dir
  touch -d '2019-01-01' "$system/include/header.hpp"
  touch -r "$scratch/kit/build/dev/bin/grader" "$scratch/before"
  grades || fail "a header of another time"
  lines 1
  [ -e "$scratch/kit/build/dev/bin/confine" ] || fail "confine was not built"
  [ "$scratch/before" -nt "$scratch/kit/build/dev/bin/grader" ] || [ "$scratch/kit/build/dev/bin/grader" -nt "$scratch/before" ] &&
    fail "it was built again for nothing"
  grades && lines 1
}

# As in a watch that has run since before an upgrade: the driver itself asks for more to be built.
test_system_header_changed_while_a_driver_runs() {
  grades && prints "header 1"
  header 2
  "$scratch/kit/grader/build.sh" "$scratch/kit/build/dev" grader >"$scratch/said" 2>&1
  [ $? -eq 3 ] || fail "it built with two kinds of header"
  prints "end this and start ./grade again"
  lines 1
  grades && prints "header 2"
}

# As after a pull: the list of what is precompiled is another.
test_other_headers_are_precompiled() {
  grades && prints "header 1"
  sed -i 's/qkv_precompile(grader <header.hpp>)/qkv_precompile(grader <cstdio> <header.hpp>)/' "$scratch/kit/CMakeLists.txt"
  sed -i 's/main 1/main 2/' "$scratch/kit/main.cpp"
  cmake "$scratch/kit/build/dev" >/dev/null && cmake "$scratch/kit/build/dev" >/dev/null || fail "configuring"
  grades || fail "another list of precompiled headers"
  prints "main 2"
}

# A build that was killed or failed leaves precompiled headers too.
test_system_header_after_a_failed_build() {
  printf 'int main() { return mistake; }\n' >"$scratch/kit/other.cpp"
  grades && fail "a mistake was built"
  prints "The kit itself did not build"
  printf 'int main() { return HEADER - HEADER; }\n' >"$scratch/kit/other.cpp"
  header 22
  grades || fail "after a failed build"
  prints "header 22"
}

test_compiler_with_an_older_time() {
  grades && prints "compiler 1"
  compiler 2
  grades || fail "another compiler"
  prints "compiler 2"
  prints "($system/bin/clang++): building it anew"
}

test_preset_changed() {
  grades && prints "preset 1"
  sed -i 's/"FROM_PRESET": "1"/"FROM_PRESET": "2"/' "$scratch/kit/CMakePresets.json"
  grades && prints "preset 2"
}

test_copied_checkout() {
  grades || fail "the first ./grade"
  rm -rf "$scratch/copy" && cp -a "$scratch/kit" "$scratch/copy"
  sed -i 's/main 1/main 2/' "$scratch/copy/main.cpp"
  grades "$scratch/copy" || fail "the copy"
  prints "main 2"
  prints "copied or moved"
  silent_about "CMake Error"
  grades "$scratch/copy" && lines 1
  grades && lines 1 && prints "main 1"
}

test_moved_checkout() {
  grades || fail "the first ./grade"
  rm -rf "$scratch/moved here" && mv "$scratch/kit" "$scratch/moved here"
  grades "$scratch/moved here" || fail "the moved one"
  prints "copied or moved"
  silent_about "CMake Error"
  ln -sfn "$scratch/moved here" "$scratch/link"
  grades "$scratch/link" && lines 1
}

test_dated_in_the_future() {
  grades || fail "the first ./grade"
  : >"$scratch/kit/runs"
  touch -d '+1 day' "$scratch/kit/CMakeLists.txt"
  grades || fail "an input of the future"
  prints "Dated in the future, so set to now: 1 files, CMakeLists.txt among them."
  [ "$(wc -l <"$scratch/kit/runs")" -le 2 ] || fail "CMake ran $(wc -l <"$scratch/kit/runs") times"
  grades && lines 1
  # Built while the clock was ahead.
  find "$scratch/kit/build/dev" -exec touch -d '+1 day' {} +
  sed -i 's/main 1/main 2/' "$scratch/kit/main.cpp"
  grades || fail "a build of the future"
  prints "The build is dated in the future"
  prints "main 2"
}

test_clock_behind() {
  touch -d '+1 day' "$system/include/header.hpp"
  grades || fail "a header of the future"
  prints "$system/include/header.hpp is dated in the future"
  touch -d '+1 day' "$scratch/kit/CMakeLists.txt"
  grades && fail "it went on with a wrong clock"
  prints "clock says $(date +%F), but $system/include/header.hpp is of"
}

# Two at once: the second waits and says so. Whoever is killed, its lock is free.

test_two_at_once() {
  grades || fail "the first ./grade"
  printf 'add_custom_target(slow ALL COMMAND sleep 5)\nadd_dependencies(grader slow)\n' >>"$scratch/kit/CMakeLists.txt"
  "$scratch/kit/grade" >"$scratch/first" 2>&1 &
  sleep 1
  grades || fail "the second of two"
  prints "Another ./grade is building here; waiting for it"
  prints "main 1"
  wait $! || fail "the first of two"
  setsid "$scratch/kit/grade" >"$scratch/first" 2>&1 &
  sleep 1
  kill -KILL -- -$!
  wait $! 2>/dev/null
  sed -i 's/COMMAND sleep 5/COMMAND true/' "$scratch/kit/CMakeLists.txt"
  grades || fail "after one that was killed"
  prints "main 1"
  silent_about "-- "
}

test_progress_is_seen_while_it_builds() {
  grades || fail "the first ./grade"
  printf 'add_custom_target(slow ALL COMMAND sleep 6)\nadd_dependencies(grader slow)\n' >>"$scratch/kit/CMakeLists.txt"
  : >"$scratch/said"
  "$scratch/kit/grade" 2>&1 | cat >"$scratch/said" &
  sleep 5
  prints "Building"
  silent_about "main 1"
  wait
  prints "main 1"
  [ "$(grep -c Building "$scratch/said")" -eq 1 ] || fail "the same progress was told again and again"
}

test_another_build_folder() {
  QKV_BUILD_DIR="$scratch/my builds" grades || fail "QKV_BUILD_DIR"
  prints "main 1"
  [ ! -e "$scratch/kit/build" ] || fail "it built in build/ all the same"
  [ -x "$scratch/my builds/dev/bin/grader" ] || fail "nothing was built there"
  # Nobody else's build is cleared.
  rm -rf "$scratch/copy" && cp -a "$scratch/kit" "$scratch/copy"
  QKV_BUILD_DIR="$scratch/my builds" grades "$scratch/copy" && fail "two checkouts in one folder"
  prints "is the build of $scratch/kit"
  lines 1
  [ -x "$scratch/my builds/dev/bin/grader" ] || fail "the other checkout's build is gone"
  QKV_BUILD_DIR=builds grades && fail "a path that is not whole"
  prints "must be a whole path"
}

test_build_of_another_user() {
  local as=()
  grades || fail "the first ./grade"
  chmod -R a-w "$scratch/kit"
  if [ "$(id -u)" -eq 0 ]; then
    command -v setpriv >/dev/null || { echo "  skipped: no setpriv"; return; }
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chmod a+x "$scratch"
  fi
  "${as[@]}" "$scratch/kit/grade" >"$scratch/said" 2>&1
  [ $? -eq 2 ] || fail "it went on"
  prints "You cannot write to $scratch/kit/build. Name a folder of your own for the build: export QKV_BUILD_DIR="
  silent_about "rm -r"
  lines 1
  rm -rf "$scratch/kit/build"
  "${as[@]}" "$scratch/kit/grade" >"$scratch/said" 2>&1
  prints "export QKV_BUILD_DIR="
  lines 1
  chmod -R u+w "$scratch/kit"
}

# No room for sort's own files: the list of the system's files is made at the next start.
test_no_room_while_the_system_is_listed() {
  mkdir -p "$scratch/sick"
  printf '#!/bin/sh\ncase "$*" in -u*) exit 2 ;; esac\nexec %s "$@"\n' "$(command -v sort)" >"$scratch/sick/sort"
  chmod +x "$scratch/sick/sort"
  PATH="$scratch/sick:$PATH" grades && prints "header 1"
  grades && lines 1
  header 2
  grades || fail "a header of another content"
  prints "header 2"
}

test_in_chinese() {
  "$scratch/kit/grade" --lang zh >"$scratch/said" 2>&1 || fail "the first ./grade"
  prints "配置（只需一次）"
  silent_about "Configuring"
}

for test in ${*:-$(declare -F | sed -n 's/^declare -f test_//p')}; do
  new_kit
  began=$SECONDS
  ("test_$test") || failed=yes
  printf '%s: %s (%d s)\n' "${test//_/ }" "$([ -z "${failed:-}" ] && echo passed || echo FAILED)" $((SECONDS - began))
  [ -z "${failed:-}" ] || any=yes
  failed=
done
[ -z "${any:-}" ]
