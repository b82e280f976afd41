#!/usr/bin/env bash
# Proves on ARM what docs/setup.md says: Debian 12 for arm64, booted in an emulator, grades there. By hand, on Debian 12
# with the kit's packages, as root, with the network. HEAD is tried.
#
#   grader/tests/by_hand/arm64.sh [FOLDER]
#
# FOLDER (default /var/tmp/qkv-arm64) keeps packages, the system's disk and the logs, so that the next run is quicker.
#
# An emulated processor is ten to twenty times slower than a real one. So packages are unpacked here and not installed in
# there; the kit's own programs are compiled here, by the same clang for the other processor, against arm64's libraries in
# arm64's places; and limits of time are raised. Learners' files are compiled, linked, confined and run in there.
set -u

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 2; }

[ "$(id -u)" -eq 0 ] || give_up "Only root can make a disk of another system: run this with sudo."
for tool in qemu-system-aarch64 cpio mke2fs git aarch64-linux-gnu-nm clang++ ninja; do
  command -v "$tool" >/dev/null || give_up \
    "This needs $tool: apt-get install qemu-system-arm cpio e2fsprogs git binutils-aarch64-linux-gnu, and ./grade once"
done

repo="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../.." && pwd)"
folder="$(mkdir -p -- "${1:-/var/tmp/qkv-arm64}" && cd -- "${1:-/var/tmp/qkv-arm64}" && pwd)" || exit 2
system_packages="base-files base-passwd bash coreutils dash debianutils diffutils findutils grep gzip hostname libc-bin mawk
mount ncurses-base ncurses-bin sed tar util-linux"
unit_test_packages="libarchive-dev libcsv-dev libmd-dev"
kit="$folder/kit"  # here and there
log="$folder/log"
exec 9>"$folder/lock" && flock --nonblock 9 || give_up "Another run uses $folder."

# step NAME FUNCTION: its output in a log, shown when it fails.
step() {
  local name="$1" start=$SECONDS
  shift
  printf '%-58s ' "$name"
  "$@" >"$log-$1" 2>&1 || { say "FAILED  $((SECONDS - start)) s"; tail -n 25 "$log-$1" | sed 's/^/    | /'; exit 1; }
  say "OK      $((SECONDS - start)) s"
}

# ---- the system ----

# An apt of its own, for the other processor; this machine's is not touched.
arm_apt() {
  apt-get -o Dir="$folder/apt" -o Dir::State::status="$folder/apt/status" -o APT::Architecture=arm64 \
    -o APT::Architectures=arm64 -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

packages() {
  mkdir -p "$folder"/apt/{etc/apt/{apt.conf.d,preferences.d,sources.list.d},var/lib/apt/lists/partial,var/cache/apt/archives/partial}
  : >"$folder/apt/status"
  say "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" \
    >"$folder/apt/etc/apt/sources.list"
  arm_apt update && arm_apt install -y --no-install-recommends --download-only $system_packages $kit_packages $unit_test_packages &&
    arm_apt install -y --no-install-recommends --download-only linux-image-arm64 busybox-static
}

debs() { local name; for name in "$@"; do ls "$folder"/apt/var/cache/apt/archives/$name; done; }

# Debian's kernel, and what it must load before it can read its disk.
kernel() {
  local name
  rm -rf "$folder/kernel" "$folder/initrd" && mkdir -p "$folder"/kernel "$folder"/initrd/{bin,proc,dev,root,modules} || return 1
  for name in $(debs 'linux-image-6*' 'busybox-static*'); do dpkg-deb -x "$name" "$folder/kernel" || return 1; done
  for name in virtio_pci virtio_pci_modern_dev virtio_pci_legacy_dev virtio_blk crc16 mbcache jbd2 crc32c_generic ext4; do
    find "$folder/kernel/lib/modules" -name "$name.ko" -exec cp {} "$folder/initrd/modules/" \;
  done
  cp "$folder/kernel/bin/busybox" "$folder/initrd/bin/"
  cat >"$folder/initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for time in 1 2 3; do for module in /modules/*; do /bin/busybox insmod $module 2>/dev/null; done; done
/bin/busybox mount -t ext4 /dev/vda /root && exec /bin/busybox switch_root /root /qkv/init
/bin/busybox poweroff -f
INIT
  chmod +x "$folder/initrd/init"
  (cd "$folder/initrd" && find . | cpio --quiet -o -H newc | gzip -1) >"$folder/initrd.gz"
}

# The first process in there does the steps that the second disk names.
first_process() {
  cat <<'INIT'
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts; mount -t tmpfs shm /dev/shm; mount -t tmpfs tmp /tmp; ln -sfn /proc/self/fd /dev/fd
for word in $(</proc/cmdline); do case $word in kit=*) kit="${word#kit=}" ;; now=*) date -s "@${word#now=}" ;; esac; done
mkdir -p "$kit" && mount /dev/vdb "$kit" && cd "$kit" && bash ./steps
cd /; sync; mount -o remount,ro /; echo o >/proc/sysrq-trigger; sleep 60
INIT
}

# Debian's packages, unpacked; what their installation would add by hand.
system_disk() {
  local root="$folder/root" package
  rm -rf "$root" && mkdir -p "$root"/usr/{bin,sbin,lib} "$root"/{dev,proc,sys,tmp,root,var/tmp,qkv} || return 1
  for package in bin sbin lib; do ln -s "usr/$package" "$root/$package"; done
  for package in $(debs '*.deb'); do
    case "${package##*/}" in linux-image* | initramfs* | udev* | busybox* | perl* | libpython* | python*) continue ;; esac
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root" --exclude='./usr/share/man' \
      --exclude='./usr/share/doc' --exclude='./usr/share/locale' || return 1
  done
  ln -sf mawk "$root/usr/bin/awk"
  for package in passwd group; do cp "$root/usr/share/base-passwd/$package.master" "$root/etc/$package" || return 1; done
  first_process >"$root/qkv/init" && chmod +x "$root/qkv/init" && rm -f "$folder/disk.partial" &&
    mke2fs -q -t ext4 -d "$root" "$folder/disk.partial" 4G && mv "$folder/disk.partial" "$folder/disk.img"
}

# boot SECOND-DISK: until the machine turns itself off.
boot() {
  nice -n 15 qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 4096 -accel tcg,thread=multi -nographic -nodefaults \
    -no-reboot -serial stdio -kernel "$folder"/kernel/boot/vmlinuz-* -initrd "$folder/initrd.gz" \
    -append "console=ttyAMA0 quiet panic=-1 kit=$kit now=$(date +%s)" \
    -drive "file=$folder/disk.img,format=raw,if=none,id=a,cache=unsafe" -device virtio-blk-pci,drive=a \
    -drive "file=$1,format=raw,if=none,id=b,cache=unsafe" -device virtio-blk-pci,drive=b </dev/null
}

# ---- the kit ----

targets="grader confine enclose qkv_warm qkv_worker trust_matrix attention_kit proven_counting_kit hostile_worker unit_tests"

# What of arm64 lies where it lies there; and this machine's tools, made to speak its language.
arm_files() {
  local name files="$folder/files"
  rm -rf "$files" && mkdir -p "$files/usr/bin" || return 1
  for name in $(debs 'libc6_*' 'libc6-dev_*' 'linux-libc-dev_*' 'libcrypt*' 'libgcc*' 'libstdc++*' 'libseccomp*' 'libfmt*' \
    'libpugixml*' 'libtomlplusplus*' 'libarchive*' 'libcsv*' 'libmd*' 'catch2*'); do
    dpkg-deb -x "$name" "$files" || return 1
  done
  cp -a "$files/lib/." "$files/usr/lib/"
  for name in nm objcopy objdump addr2line ld.bfd; do ln -s "aarch64-linux-gnu-$name" "$files/usr/bin/$name"; done
  ln -s ../lib/llvm-14/bin/clang "$files/usr/bin/aarch64-linux-gnu-clang++"
  printf '#!/bin/sh\nexec /usr/bin/aarch64-linux-gnu-clang++ "$@"\n' >"$files/usr/bin/clang++"
  chmod +x "$files/usr/bin/clang++"
}

compiled() {
  rm -rf "$kit" && git clone -q --no-hardlinks "$repo" "$kit" || return 1
  raise_limits "$kit/exercises/attention" && raise_limits "$kit/grader/tests/data/kits/proven/exercises/counting" || return 1
  unshare --mount -- "$BASH" -c 'mount -t overlay files -o "lowerdir=$1/usr:/usr" /usr && cd "$0" &&
    export PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig &&
    cmake --preset dev && nice -n 10 ninja -C build/dev $2' "$kit" "$folder/files" "$targets" || return 1
  say "$kit $kit/build/dev" >"$kit/build/dev/configured"
  printf '%s' "$(one_line $kit_packages)" >"$kit/build/packages-kit"
}

raise_limits() {
  sed -i '/^\[limits\]/,$d' "$1/exercise.toml"
  printf '\n[limits]\ncall_seconds = 60\nexercise_seconds = 600\ncpu_seconds = 600\ncompile_seconds = 600\n' >>"$1/exercise.toml"
}

# One of each family, the processor's own first.
attacks="compile/executable_stack_aarch64 descriptors/closes_each ending/trap_privileged_instruction_aarch64
files/reads_passwd folder/symlink_out_of_the_folder
initialisers/ifunc_leaves_aarch64 memory/makes_executable network/every_family processes/clone3
protocol/half_a_header replay/right_only_the_first_time
reports/name_of_colons symbols/own_start_aarch64 system_calls/by_hand_aarch64 system_calls/every_number_aarch64"

# What is done in there, one line of outcome each.
steps() {
  cat <<STEPS
export QKV_LANGUAGE=en
step() { echo "== \$1"; shift; "\$@"; echo "== status \$? after \$SECONDS s"; }
counting() {
  mkdir -p /tmp/\$2 && cp grader/tests/data/hostile/\$1 /tmp/\$2/counting.cpp &&
    build/dev/bin/grader --root grader/tests/data/kits/proven --toolchain build/dev/proven/toolchain.json run --submission /tmp/\$2 counting
}
step solution ./grade run --solutions attention
step system_call counting files/reads_passwd.cpp call
step no_return counting ending/trap_illegal_instruction.cpp trap
step attacks ./grade verify --trust $(one_line $attacks)
step unit build/dev/grader/tests/unit_tests -# '~[#worker_process_tests]~[#job_tests]'
STEPS
}

graded_there() {
  steps >"$kit/steps"
  rm -f "$folder/kit.img" && mke2fs -q -t ext4 -d "$kit" "$folder/kit.img" 3G && boot "$folder/kit.img" >"$folder/grading" 2>&1
}

# told STEP WORDS: what was said in a step. Lines of the console end as on a typewriter.
told() { tr -d '\r' <"$folder/grading" | sed -n "/^== $1\$/,/^== status/p" | grep -F -- "$2"; }

. /dev/stdin <<<"$(sed -n '/^kit_packages=/,/"$/p; /^one_line()/p' "$repo/grader/setup.sh")"

[ -n "$(debs 'linux-image-6*' 2>/dev/null)" ] || step "packages for arm64" packages
[ -f "$folder/initrd.gz" ] || step "Debian's kernel" kernel
[ -f "$folder/disk.img" ] || step "a disk with Debian 12 and the kit's packages" system_disk
[ -d "$folder/files" ] || step "arm64's libraries" arm_files
step "the kit, compiled for arm64" compiled
step "booted, graded, attacked" graded_there
step "the solution of attention earns 15 of 15" told solution "15 / 15"
step "every attack has its verdict" told attacks ", 0 faults"
step "a system call is told by its name" told system_call "the system call openat"
step "a function without return is told as one" told no_return "SIGTRAP (did a function end without returning a value?)"
step "and has its line" told no_return "at counting.cpp:10"
step "unit tests pass, but for those that count seconds" told unit "All tests passed"
