#!/usr/bin/env bash
# The tests without the grader (cmake/Plain.cmake): what they say of stubs, solutions, mistakes and a file that does not
# compile, in a copy of the kit.
#
#   plain.sh               one exercise, g++: stub and solution
#   plain.sh --all [NAME]  every exercise by g++, clang++, clang++ with libc++, and for Windows by MinGW-w64 under Wine
#                          (NAME: gcc, clang, libcxx, mingw). The last two take Catch2 and fmt from Debian's sources: apt.
set -u
kit="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8
unset CMAKE_GENERATOR
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja

failures=0
check() { "$@" || { printf '%s: line %d: FAILED: %s\n' "$test" "${BASH_LINENO[0]}" "$*"; tail -n 40 "$scratch/log" | sed 's/^/    | /'; failures=$((failures + 1)); }; }

# ---- the copy: no learner's file in it; with names, of these exercises only ----

# a_copy [EXERCISE...]
a_copy() {
  mkdir "$scratch/kit" && cd "$scratch/kit" && cp -r "$kit"/{CMakeLists.txt,CMakePresets.json,cmake,common} . && mkdir exercises
  local stub id
  for stub in "$kit"/exercises/${1:-*}/stub.cpp; do
    id="$(basename "${stub%/*}")"
    cp -r "${stub%/*}" exercises/ && rm -f "exercises/$id/$id.cpp"
  done
}
copy_other() { cmp -s "$1" "$2/$(basename "$1")" || cp "$1" "$2"; }
solutions() { local folder; for folder in exercises/*/; do copy_other "$kit/solutions/$(basename "$folder")/$(basename "$folder").cpp" "$folder"; done; }
stubs() { local folder; for folder in exercises/*/; do cp "$folder/stub.cpp" "$folder/$(basename "$folder").cpp"; done; }

# ---- what CTest said: in $scratch/parts a line a test, its name and which of these it was; in $scratch/log all ----

configure() { cmake --preset plain -B "$build" "$@" >"$scratch/log" 2>&1; }
run() {
  ctest --test-dir "$build" -C Debug --output-on-failure "$@" >"$scratch/log" 2>&1
  awk '/^ *[0-9]+\/[0-9]+ Test +#/ {
         name = $4; state = /Passed/ ? "passed" : /Not Run/ ? "not_run" : "failed"
         print name, state
       }
       /is not written yet/ {print name, "not_written"}' "$scratch/log" | sort -u >"$scratch/parts"
}
parts() { grep -h -A 1 '^\[\[part\]\]' exercises/*/exercise.toml | grep -c '^id = '; }
# all_are STATE: every part is.
all_are() { [ "$(grep -v '^[a-z_]*/compiles ' "$scratch/parts" | grep -c " $1\$")" -eq "$(parts)" ]; }
is() { grep -qx "$1 $2" "$scratch/parts"; }
said() { grep -qF -- "$1" "$scratch/log"; }

stubs_are_not_written() {
  test="$toolchain: stubs"
  run "$@"
  check all_are failed
  check all_are not_written
  check said "is not written yet: its qkv::todo() was reached"
}

solutions_pass() {
  test="$toolchain: solutions"
  solutions
  run "$@"
  check all_are passed
}

# edit FILE TEXT OTHER: the text must be there.
edit() {
  local content
  content="$(cat "$1")"
  [[ "$content" == *"$2"* ]] && printf '%s\n' "${content/"$2"/"$3"}" >"$1"
}

mistakes_are_told() {
  test="$toolchain: a mutant"
  local file=exercises/positional_encoding/positional_encoding.cpp
  check edit $file 'column % 2 == 0' 'column % 2 == 1'
  run -R '^positional_encoding/'
  check is positional_encoding/one_position failed
  check said 'first differs at row 0, column '
  solutions

  test="$toolchain: an assertion of Eigen"
  check edit $file 'Index n_positions, Index d_model) {' 'Index n_positions, Index d_model) { Matrix bad = Matrix(2, 3) * Matrix(2, 3);'
  run -R '^positional_encoding/'
  check is positional_encoding/sinusoidal failed
  check is positional_encoding/one_position passed
  check said 'an assertion of Eigen failed in '
  solutions

  test="$toolchain: a file that does not compile"
  echo "an error" >>$file
  run -R '^(positional_encoding|transformer|attention)/'
  check is positional_encoding/compiles failed
  check is positional_encoding/one_position not_run
  check is transformer/compiles failed  # it needs the other
  check is attention/softmax_rows passed
  solutions
}

# ---- Catch2 3, fmt and Eigen by Debian's sources, built by another compiler ----

sources() {
  [ -d "$scratch/sources/catch2" ] && return
  mkdir -p "$scratch/sources/lists/partial" && cd "$scratch/sources" || return
  echo "deb-src http://deb.debian.org/debian trixie main" >list
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$PWD/list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$PWD/lists")
  "${apt[@]}" update && "${apt[@]}" source catch2 fmtlib eigen3 && mv catch2-* catch2 && mv fmtlib-* fmtlib && mv eigen3-* eigen3
}
# libraries OPTIONS...: into $scratch/$toolchain
libraries() {
  test="$toolchain: Catch2, fmt and Eigen from Debian's sources"
  (sources) >"$scratch/log" 2>&1 || { check false; return 1; }
  local name
  for name in catch2 fmtlib; do
    cmake -S "$scratch/sources/$name" -B "$scratch/$toolchain-$name" -DCMAKE_INSTALL_PREFIX="$scratch/$toolchain" -DCMAKE_CXX_STANDARD=20 \
      -DCMAKE_UNITY_BUILD=ON -DCATCH_DEVELOPMENT_BUILD=OFF -DBUILD_TESTING=OFF -DFMT_TEST=OFF -DFMT_DOC=OFF "$@" &&
      cmake --build "$scratch/$toolchain-$name" -j "$(nproc)" && cmake --install "$scratch/$toolchain-$name" || { check false; return 1; }
  done >"$scratch/log" 2>&1
  cmake -S "$scratch/sources/eigen3" -B "$scratch/$toolchain-eigen3" -DCMAKE_INSTALL_PREFIX="$scratch/$toolchain" -DBUILD_TESTING=OFF \
    -DEIGEN_BUILD_DOC=OFF -DCMAKE_Fortran_COMPILER=CMAKE_Fortran_COMPILER-NOTFOUND "$@" >"$scratch/log" 2>&1 && cmake --install "$scratch/$toolchain-eigen3" >>"$scratch/log" 2>&1 || { check false; return 1; }
}

# everything TOOLCHAIN CMAKE-OPTIONS...
everything() {
  toolchain="$1" build="$scratch/build-$1"
  shift
  cd "$scratch/kit" && stubs
  test="$toolchain: configuring"
  check configure "$@" || return
  test="$toolchain: building all at once"
  cmake --build "$build" --parallel "$(nproc)" >"$scratch/log" 2>&1
  check test $? -eq 0
  stubs_are_not_written -j "$(nproc)"
  solutions_pass -j "$(nproc)"
  mistakes_are_told
  printf '%s: done after %d s\n' "$toolchain" $SECONDS
}
gcc() { everything gcc -DCMAKE_CXX_COMPILER=g++; }
clang() { everything clang -DCMAKE_CXX_COMPILER=clang++; }
# libc++ as old as AppleClang 15's; that of Clang 14 lacks the algorithms of std::ranges.
libcxx() {
  local flags=(-DCMAKE_CXX_COMPILER=clang++-16 -DCMAKE_CXX_FLAGS=-stdlib=libc++)
  toolchain=libcxx
  libraries "${flags[@]}" && everything libcxx "${flags[@]}" -DCMAKE_PREFIX_PATH="$scratch/libcxx"
}
mingw() {
  local flags=(-DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER=x86_64-w64-mingw32-gcc-posix -DCMAKE_CXX_COMPILER=x86_64-w64-mingw32-g++-posix)
  toolchain=mingw
  export WINEPREFIX="$scratch/wine" WINEDEBUG=-all
  libraries "${flags[@]}" && everything mingw "${flags[@]}" -DCMAKE_PREFIX_PATH="$scratch/mingw" -DCMAKE_EXE_LINKER_FLAGS=-static \
    -DCMAKE_CROSSCOMPILING_EMULATOR="$(command -v wine)" -DCMAKE_CXX_FLAGS_DEBUG=-g0  # its linker is slow with what debuggers read
}

case "${1:-}" in
  "")
    toolchain=gcc build="$scratch/build-gcc"
    a_copy positional_encoding
    test="configuring"
    check configure -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=
    stubs_are_not_written
    solutions_pass
    ;;
  --all)
    a_copy
    for toolchain in ${2:-gcc clang libcxx mingw}; do $toolchain; done
    ;;
  *) echo "usage: grader/tests/plain.sh [--all [gcc|clang|libcxx|mingw]]"; exit 2 ;;
esac
[ $failures -eq 0 ] && echo "all passed"
[ $failures -eq 0 ]
