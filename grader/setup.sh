# Sourced by ./grade and ./check: installs what is missing, configures, builds. Never run by itself.
# Expects $root; speaks on standard error only.
. "$root/grader/build.sh"

# Where everything is built: build/, or the folder that QKV_BUILD_DIR names.
build="${QKV_BUILD_DIR:-$root/build}"
build="${build%/}"
case "$build" in
  /*) ;;
  *) say "QKV_BUILD_DIR=$build must be a whole path, from / on." "QKV_BUILD_DIR=$build 要写完整路径，以 / 开头。"; exit 2 ;;
esac

kit_packages="cmake ninja-build clang g++ mold libeigen3-dev catch2 libfmt-dev libcli11-dev libtomlplusplus-dev
nlohmann-json3-dev libpugixml-dev libseccomp-dev pkg-config binutils bubblewrap"
sanitizer_packages="libclang-rt-dev"  # elsewhere compiler-rt; only for --sanitize
instructor_packages="libarchive-dev libcsv-dev libmd-dev similarity-tester git zip"  # for class, handout, export
fedora_packages="cmake ninja-build clang gcc-c++ mold eigen3-devel catch-devel fmt-devel cli11-devel tomlplusplus-devel
json-devel pugixml-devel libseccomp-devel libseccomp-static pkgconf-pkg-config binutils bubblewrap glibc-static
libstdc++-static"
arch_packages="cmake ninja clang gcc mold eigen catch2 fmt cli11 tomlplusplus nlohmann-json pugixml libseccomp pkgconf binutils bubblewrap"
brew_packages="cmake ninja llvm mold eigen catch2 fmt cli11 tomlplusplus nlohmann-json pugixml pkgconf"

# Debian and Ubuntu: through apt.
install_with_apt() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "qkv needs these packages to build its grader and your files:" "qkv 要用这些软件包来构建评分器和你的文件："
  say "  ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "They are not installed, you are not root, and there is no sudo. Ask someone who is root to run:" \
        "它们还没有安装，而你不是 root，也没有 sudo。请管理员执行："
      say "  apt-get install ${missing[*]}"
      exit 2
    fi
    as_root=(sudo)
    say "Installing them now, with sudo, because only root may install packages." \
      "现在用 sudo 安装，因为只有 root 可以安装软件包。"
  else
    say "Installing them now." "现在安装。"
  fi
  # A fresh machine has no package lists yet.
  if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null)" ]; then
    "${as_root[@]}" apt-get update >&2
  fi
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
  # Old lists name files that are no longer there: try again with new ones.
  if ! "${as_root[@]}" "${install[@]}" >&2; then
    "${as_root[@]}" apt-get update >&2 && "${as_root[@]}" "${install[@]}" >&2 || {
      say "The packages could not be installed; apt says why above." "软件包没有装上，原因见上面 apt 的输出。"
      exit 2
    }
  fi
}

one_line() { printf '%s' "$*"; }

# Elsewhere: only say what to install for this list.
require_elsewhere() {
  local fedora_packages="$fedora_packages" arch_packages="$arch_packages" kit_packages="$kit_packages"
  if [ "$1" = instructors ]; then
    fedora_packages="libarchive-devel libcsv-devel libmd-devel git zip" arch_packages="libarchive libcsv libmd git zip" kit_packages="$instructor_packages"
  fi
  if [ "$1" = sanitize ]; then
    fedora_packages=compiler-rt arch_packages=compiler-rt kit_packages="$sanitizer_packages"
  fi
  if command -v rpm >/dev/null && command -v dnf >/dev/null; then
    rpm -q $fedora_packages >/dev/null 2>&1 && return 0
    say "qkv needs these packages. Install them, then run this command again:" "qkv 需要这些软件包。装好后再运行一次："
    say "  sudo dnf install $(one_line $fedora_packages)"
  elif command -v pacman >/dev/null; then
    pacman -Q $arch_packages >/dev/null 2>&1 && return 0
    say "qkv needs these packages. Install them, then run this command again:" "qkv 需要这些软件包。装好后再运行一次："
    say "  sudo pacman -S --needed $arch_packages"
  elif [ "$(uname -s)" = Darwin ]; then
    say "qkv grades on Linux only: learners' code is confined with Linux's seccomp. On macOS use a Linux
container or virtual machine, or run the exercises' tests alone (docs/setup.md). To read and edit the code here, the
packages are:" \
      "qkv 只能在 Linux 上评分：学生的代码靠 Linux 的 seccomp 隔离。在 macOS 上请用 Linux 容器或虚拟机，
或者只跑练习的测试（docs/setup.zh.md）。只是阅读和编写，需要的软件包是："
    say "  brew install $brew_packages"
  else
    say "qkv does not know this system's package manager. It needs, under Debian's names:" \
      "qkv 不认识这个系统的软件包管理器。按 Debian 的叫法，它需要："
    say "  $(one_line $kit_packages)"
    say "Fedora:   dnf install $(one_line $fedora_packages)"
    say "Arch:     pacman -S $arch_packages"
    say "Homebrew: brew install $brew_packages"
  fi
  exit 2
}

# install_packages STAMP-NAME PACKAGE...: once per list; a stamp in the build remembers. The programs may be gone all the
# same: the checkout is on another machine now, or in a new container.
install_packages() {
  local name="$1" stamp="$build/packages-$1"
  shift
  local list="$*"
  writable
  [ -f "$stamp" ] && [ "$(<"$stamp")" = "$list" ] && type cmake ninja clang++ g++ >/dev/null 2>&1 && return 0
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then install_with_apt "$@"; else require_elsewhere "$name"; fi
  mkdir -p "$build" && printf '%s' "$list" >"$stamp"
}

# gdb, under this name everywhere.
require_gdb() {
  command -v gdb >/dev/null && return 0
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_packages debug gdb
  else
    say "./grade debug needs gdb. Install the package gdb (dnf install gdb, pacman -S gdb), then run this again." \
      "./grade debug 要用 gdb。请装上软件包 gdb（dnf install gdb、pacman -S gdb），再运行一次。"
    exit 2
  fi
}

# What cannot be written is another user's, or a checkout that many share: never ours to clear.
writable() {
  local there="$build"
  until [ -e "$there" ]; do there="${there%/*}"; there="${there:-/}"; done
  [ -w "$there" ] && [ -z "$(find "$build" -maxdepth 2 ! -writable ! -type l -print -quit 2>/dev/null)" ] && return 0
  say "You cannot write to $build. Name a folder of your own for the build: export QKV_BUILD_DIR=\"\$HOME/.cache/qkv\"" \
    "你不能写 $build。请为构建另指定一个自己的目录：export QKV_BUILD_DIR=\"\$HOME/.cache/qkv\""
  exit 2
}

# configure PRESET: once, and again where that is needed. Holds the lock until `build` is done.
configure() {
  local folder="$build/$1"
  mkdir -p "$build"
  lock "$folder"
  if moved "$folder" || from_the_future "$folder" || system_changed "$folder"; then rm -rf "$folder"; fi
  remember_system "$folder"  # of a build that was killed
  [ -f "$folder/build.ninja" ] && ! [ "$root/CMakePresets.json" -nt "$folder/configured" ] && return 0
  say "Configuring (once) ..." "配置（只需一次）……"
  if ! run_cmake "$folder" --preset "$1" -B "$folder"; then
    say "The kit cannot be configured; the lines above say why." "无法配置，原因见上面几行。"
    rm -f "$folder/CMakeCache.txt"
    exit 3
  fi
  printf '%s\n' "$root $folder" >"$folder/configured"
  check_clock "$folder"
  remember_system "$folder"
}

# build PRESET TARGET...
build() {
  local folder="$build/$1"
  shift
  if ! run_ninja "$folder" "$@"; then
    say "The kit itself did not build; the lines above say where." "工具本身构建失败，位置见上面几行。"
    exit 3
  fi
  unlock
}
