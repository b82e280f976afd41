# Sourced by ./grade and ./check: installs what is missing, configures, builds. Never run by itself.
# Expects $root; speaks on standard error only.

say() { printf '%s\n' "$*" >&2; }

kit_packages="cmake ninja-build clang g++ mold libeigen3-dev catch2 libfmt-dev libcli11-dev libtomlplusplus-dev
nlohmann-json3-dev libpugixml-dev libseccomp-dev pkg-config binutils bubblewrap"
sanitizer_packages="libclang-rt-dev"  # elsewhere compiler-rt; only for --sanitize
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
  say "qkv needs these packages to build its grader and your files:"
  say "  ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "They are not installed, you are not root, and there is no sudo. Ask someone who is root to run:"
      say "  apt-get install ${missing[*]}"
      exit 2
    fi
    as_root=(sudo)
    say "Installing them now, with sudo, because only root may install packages."
  else
    say "Installing them now."
  fi
  # A fresh machine has no package lists yet.
  if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null)" ]; then
    "${as_root[@]}" apt-get update >&2
  fi
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
  # Old lists name files that are no longer there: try again with new ones.
  if ! "${as_root[@]}" "${install[@]}" >&2; then
    "${as_root[@]}" apt-get update >&2 && "${as_root[@]}" "${install[@]}" >&2 || { say "The packages could not be installed; apt says why above."; exit 2; }
  fi
}

# Elsewhere: only say what to install for this list.
require_elsewhere() {
  local fedora_packages="$fedora_packages" arch_packages="$arch_packages" kit_packages="$kit_packages"
  if [ "$1" = sanitize ]; then
    fedora_packages=compiler-rt arch_packages=compiler-rt kit_packages="$sanitizer_packages"
  fi
  if command -v rpm >/dev/null && command -v dnf >/dev/null; then
    rpm -q $fedora_packages >/dev/null 2>&1 && return 0
    say "qkv needs these packages. Install them, then run this command again:"
    say "  sudo dnf install" $fedora_packages
  elif command -v pacman >/dev/null; then
    pacman -Q $arch_packages >/dev/null 2>&1 && return 0
    say "qkv needs these packages. Install them, then run this command again:"
    say "  sudo pacman -S --needed" $arch_packages
  elif [ "$(uname -s)" = Darwin ]; then
    say "qkv grades on Linux only: learners' code is confined with Linux's seccomp. On macOS use a Linux"
    say "container or virtual machine. To read and edit the code here, the packages are:"
    say "  brew install" $brew_packages
  else
    say "qkv does not know this system's package manager. It needs, under Debian's names:"
    say " " $kit_packages
    say "Fedora:   dnf install" $fedora_packages
    say "Arch:     pacman -S" $arch_packages
    say "Homebrew: brew install" $brew_packages
  fi
  exit 2
}

# install_packages STAMP-NAME PACKAGE...: once per list; a stamp in build/ remembers.
install_packages() {
  local name="$1" stamp="$root/build/packages-$1"
  shift
  local list="$*"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$list" ] && return 0
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then install_with_apt "$@"; else require_elsewhere "$name"; fi
  mkdir -p "$root/build" && printf '%s' "$list" >"$stamp"
}

# gdb, under this name everywhere.
require_gdb() {
  command -v gdb >/dev/null && return 0
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_packages debug gdb
  else
    say "./grade debug needs gdb. Install the package gdb (dnf install gdb, pacman -S gdb), then run this again."
    exit 2
  fi
}

# What another user built cannot be built upon.
writable() {
  [ ! -e "$root/build" ] || [ -z "$(find "$root/build" -maxdepth 2 ! -writable ! -type l -print -quit)" ] && return 0
  say "Some of $root/build belongs to another user (was this command run as root once?). Remove it with:"
  say "  sudo rm -r '$root/build'"
  exit 2
}

# configure PRESET
configure() {
  writable
  local log="$root/build/configure-$1.log"
  [ -f "$root/build/$1/build.ninja" ] && return 0
  say "Configuring (once) ..."
  (cd "$root" && cmake --preset "$1") >"$log" 2>&1 || {
    cat "$log" >&2
    say "The kit cannot be configured; the lines above say why."
    rm -f "$root/build/$1/CMakeCache.txt"
    exit 3
  }
}

# build PRESET TARGET...: shows progress, says nothing when there is nothing to do.
build() {
  local folder="$root/build/$1"
  shift
  set -o pipefail
  ninja -C "$folder" "$@" 2>&1 | grep -v -e '^ninja: no work to do' -e '^ninja: Entering directory' >&2
  [ "${PIPESTATUS[0]}" -eq 0 ] || { say "The kit itself did not build; the lines above say where."; exit 3; }
}
