#!/usr/bin/env bash
# How the kit is built, in one place: one build at a time, progress that can be seen, and anew where the checkout, the
# clock or the system are not what they were. Sourced by setup.sh; the driver runs it for what an exercise needs:
#   grader/build.sh FOLDER [--configure] TARGET...        FOLDER is CMake's, for example build/dev

root="${root:-$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)}"

# The reader's language, as the driver finds it; ./grade puts --lang into QKV_LANGUAGE.
case "${QKV_LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}" in zh*) chinese=yes ;; *) chinese=no ;; esac

# say ENGLISH [CHINESE]: on standard error, as all of this.
say() {
  if [ $chinese = yes ] && [ -n "${2:-}" ]; then printf '%s\n' "$2" >&2; else printf '%s\n' "$1" >&2; fi
}

# ---- one build at a time ----

# The processes of a build inherit the lock, so the kernel frees it when the last of them is gone, however it ended.
lock() {
  [ -z "${locked:-}" ] && command -v flock >/dev/null || return 0
  mkdir -p "${1%/*}" && { exec 9>>"$1.lock"; } 2>/dev/null || return 0
  locked=yes
  flock --timeout 2 9 2>/dev/null && return 0
  [ $? -eq 1 ] || return 0  # a file system without locks
  say "Another ./grade is building here; waiting for it ..." "另一个 ./grade 正在构建，等它完成……"
  flock 9
}

unlock() {
  [ -z "${locked:-}" ] || exec 9>&-
  locked=
}

# ---- what a build was made from ----
# dpkg keeps the times that files had in their package, so an upgraded header may be older than what was compiled with
# the one before it: ninja sees nothing, and a precompiled header does not fit or, worse, does. So the content counts:
#   FOLDER/system.files   every file of the system that the build was made from
#   FOLDER/system.times   its times (of the content, of the file) and size, looked at each time
#   FOLDER/system.sums    its checksum and size, looked at where those differ

# Headers, libraries, compilers and linkers, and the libraries that these are made of. False if there was no room to
# list them all.
system_files() {
  local path tools
  tools="$({ grep -oE '"/[^"]*/bin/[^"]*"' "$1/toolchain.json" | tr -d '"'; command -v g++; g++ -print-prog-name=cc1plus; } 2>/dev/null)"
  {
    printf '%s\n' "$tools"
    ldd $tools 2>/dev/null | grep -oE '/lib[^ ]*/lib(LLVM|clang|bfd|opcodes)[^ ]*'
    ninja -C "$1" -t deps | sed -n 's/^    //p'
    cat "$1"/CMakeFiles/d/*.d 2>/dev/null | tr -s ' \\' '\n\n'
    grep -ohE '/[^][ $"|:;,()=]+\.(a|o|so[.0-9]*)\b' "$1/build.ninja" "$1/toolchain.json"
  } | grep '^/' | grep -vF -e "$root/" -e "$1/" | LC_ALL=C sort -u -T "$1" | while IFS= read -r path; do
    ! [ -f "$path" ] || printf '%s\n' "$path" || exit
  done
  [ "${PIPESTATUS[*]:3}" = "0 0" ]
}

# The files that FILES names, each as two numbers and its path.
times_of() { of_each "$1" stat -L -c '%Y.%Z %s %n' --; }
sums_of() { of_each "$1" cksum --; }
of_each() {
  local files
  mapfile -t files <"$1"
  [ ${#files[@]} -eq 0 ] || "${@:2}" "${files[@]}" 2>/dev/null
}

# add_to RECORD COMMAND FILES: what the record holds stays, as it was when it was first built with.
add_to() {
  local record="$1" command="$2" files="$3"
  touch "$record"
  awk 'FILENAME == ARGV[1] { sub(/^[0-9.]+ [0-9]+ /, ""); known[$0]; next } !($0 in known)' "$record" "$files" >"$record.new-files"
  {
    awk 'FILENAME == ARGV[1] { wanted[$0]; next } { path = $0; sub(/^[0-9.]+ [0-9]+ /, "", path) } path in wanted' "$files" "$record"
    "$command" "$record.new-files"
  } | LC_ALL=C sort -t ' ' -k 3 >"$record.new" && mv "$record.new" "$record"
  rm -f "$record.new-files"
}

remember_system() {
  local folder="$1" file
  for file in build.ninja .ninja_deps; do
    [ -e "$folder/$file" ] && ! [ "$folder/system.sums" -nt "$folder/$file" ] && break
  done || return 0
  system_files "$folder" >"$folder/system.files.new" && mv "$folder/system.files.new" "$folder/system.files" || return 0
  add_to "$folder/system.times" times_of "$folder/system.files"
  add_to "$folder/system.sums" sums_of "$folder/system.files"
  file="$(system_file_after "$folder" "$(soon "$folder")")"
  [ -z "$file" ] || say "$file is dated in the future: what reads it is built again at every start." \
    "$file 的日期在将来，用到它的部分每次都要重新构建。"
}

# Prints the first file that has another content; false if there is none.
changed_system_file() {
  local record="$1/system" path
  [ -f "$record.sums" ] || return 1
  [ "$(times_of "$record.files")" = "$(<"$record.times")" ] && return 1
  path="$(sums_of "$record.files" | LC_ALL=C comm -13 <(LC_ALL=C sort -) <(LC_ALL=C sort "$record.sums") | head -n 1 | cut -d ' ' -f 3-)"
  if [ -z "$path" ]; then
    times_of "$record.files" >"$record.times"
    return 1
  fi
  printf '%s\n' "$path"
}

# True if some file has another content; says which.
system_changed() {
  local path
  path="$(changed_system_file "$1")" || return 1
  say "The system has changed since the kit was built ($path): building it anew." \
    "构建之后系统有更新（$path），重新构建。"
}

# ---- the checkout's place, and the clock ----

# What CMake wrote down in FOLDER: the checkout that it was run for, FOLDER itself, the project's name.
in_cache() { sed -n "s/^$1:[A-Z]*=//p" "$2/CMakeCache.txt"; }

# True if the build is of another checkout, or was made elsewhere.
moved() {
  local home="" folder="$1"
  [ -f "$folder/CMakeCache.txt" ] || return 1
  [ ! -f "$folder/configured" ] || IFS= read -r home <"$folder/configured"
  [ "$home" = "$root $folder" ] && return 1
  home="$(in_cache CMAKE_HOME_DIRECTORY "$folder")"
  [ "$home" -ef "$root" ] && [ "$(in_cache CMAKE_CACHEFILE_DIR "$folder")" -ef "$folder" ] && return 1
  # In a folder that somebody has named, what another checkout or project has built is not ours to clear.
  if [ -n "${QKV_BUILD_DIR:-}" ] && { [ -f "$home/grader/build.sh" ] || [ "$(in_cache CMAKE_PROJECT_NAME "$folder")" != qkv ]; }; then
    say "QKV_BUILD_DIR: $folder is the build of $home; name another folder for this checkout." \
      "QKV_BUILD_DIR：$folder 是 $home 的构建目录，请为这一份代码另取一个。"
    exit 2
  fi
  say "This checkout was copied or moved: building it anew." "这份代码被复制或移动过，重新构建。"
}

wrong_clock() {
  say "This machine's clock says $(date +%F), but $1 is of $(date -r "$1" +%F): set the clock, then run this again." \
    "这台机器的时钟是 $(date +%F)，而 $1 的日期是 $(date -r "$1" +%F)：请先校准时钟，再运行一次。"
  exit 3
}

# A file dated ten seconds from now, by the clock of the build's file system.
soon() { touch "$1.soon" && touch -r "$1.soon" -d '+10 seconds' "$1.soon" && printf '%s\n' "$1.soon"; }

# system_file_after FOLDER FILE: a file of the system that is dated later.
system_file_after() { awk -v then="$(date -r "$2" +%s)" '$1 > then { sub(/^[0-9.]+ [0-9]+ /, ""); print; exit }' "$1/system.times" 2>/dev/null; }

# files_of_ours [FILE...] TEST...: of all that ninja reads of ours, and these.
files_of_ours() { (cd "$root" && exec find CMakeLists.txt cmake common exercises grader solutions "$@" 2>/dev/null); }

# What is dated in the future makes ninja run CMake a hundred times, in silence, and compile at every call. True if the
# build itself is of the future, and so may be stale.
from_the_future() {
  local folder="$1" soon path ours
  [ -n "$(files_of_ours "$folder/build.ninja" -type f -newermt '+10 seconds' -print -quit)" ] || return 1
  soon="$(soon "$folder")"
  path="$(system_file_after "$folder" "$soon")"
  [ -z "$path" ] || wrong_clock "$path"
  mapfile -t ours < <(files_of_ours -type f -newer "$soon")
  if [ ${#ours[@]} -gt 0 ]; then
    (cd "$root" && touch -r "$soon" -d '-10 seconds' -- "${ours[@]}") 2>/dev/null || wrong_clock "$root/${ours[0]}"
    say "Dated in the future, so set to now: ${#ours[@]} files, ${ours[0]} among them." \
      "${ours[0]} 等 ${#ours[@]} 个文件的日期在将来，已改为现在。"
  fi
  [ "$folder/build.ninja" -nt "$soon" ] || return 1
  say "The build is dated in the future: building it anew." "构建结果的日期在将来，重新构建。"
}

# ---- CMake and ninja ----

# run_cmake FOLDER ARGUMENT...: speaks only if it fails.
run_cmake() {
  local log="$1-configure.log"
  shift
  (cd "$root" && cmake "$@") >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

# CMake's own files of the future would make ninja run it again and again.
check_clock() {
  local path
  path="$(find $(grep -m 1 ': RERUN_CMAKE' "$1/build.ninja" | grep -oE ' /[^ ]+') -maxdepth 0 -newer "$(soon "$1")" -print -quit 2>/dev/null)"
  [ -z "$path" ] || wrong_clock "$path"
}

so_far() { say "Building ${1/\// of }..." "正在构建 ${1/\// \/ }……"; }

# Ninja's lines: errors as they are, progress as one line on a terminal, elsewhere as a line every ten seconds.
show_build() {
  local line="" piece status count="" told="-" said=0 next=$((SECONDS + 2)) silent=0 terminal=no
  [ -t 2 ] && [ "${TERM:-dumb}" != dumb ] && terminal=yes
  while :; do
    IFS= read -r -t 1 piece
    status=$?
    line+="$piece"
    case $status,"$line" in
      0,"["*/*"] "*) count="${line%%]*} " count="${count#[}" ;;
      0,"ninja: no work to do." | 0,"-- "* | 1,) ;;
      0,* | 1,*) [ $said = 0 ] || [ $terminal = no ] || printf '\r\033[K' >&2; printf '%s\n' "$line" >&2 ;;
    esac
    [ $status -gt 128 ] || line=""
    [ $status -ne 1 ] || break
    if [ $terminal = yes ] && { [ -n "$count" ] || [ $SECONDS -ge $next ]; }; then
      printf '\r\033[K%s' "$(so_far "$count" 2>&1)" >&2
      said=1
    elif [ $SECONDS -ge $next ] && { [ "$count" != "$told" ] || [ $SECONDS -ge $silent ]; }; then
      so_far "$count"
      told="$count" next=$((SECONDS + 10)) silent=$((SECONDS + 60))
    fi
  done
  [ $said = 0 ] || [ $terminal = no ] || printf '\r\033[K' >&2
}

# run_ninja FOLDER TARGET...: says nothing when there is nothing to do.
run_ninja() {
  local folder="$1" status
  shift
  trap 'exit 130' INT
  (cd "$folder" && ninja "$@") 2>&1 | show_build
  status=${PIPESTATUS[0]}
  trap - INT
  remember_system "$folder"
  return "$status"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  folder="$1"
  shift
  lock "$folder"
  # The driver that calls us is of the build that would have to go.
  if path="$(changed_system_file "$folder")"; then
    say "The system has changed since the kit was built ($path): end this and start ./grade again, which builds it anew." \
      "构建之后系统有更新（$path）：请结束它并重新运行 ./grade，会重新构建。"
    exit 3
  fi
  if [ "${1:-}" = --configure ]; then
    shift
    run_cmake "$folder" "$folder" || exit 3
  fi
  run_ninja "$folder" "$@" || exit 3
fi
