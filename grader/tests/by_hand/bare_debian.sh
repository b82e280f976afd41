#!/usr/bin/env bash
# Proves on a bare Debian what the README promises: clone, ./grade, a first verdict. Takes a fresh clone of
# HEAD into a new root made by debootstrap and runs ./grade and ./check there. Needs root and the network.
#
#   grader/tests/by_hand/bare_debian.sh bookworm|trixie [FOLDER]
#
# FOLDER (default /var/tmp/qkv-roots) keeps the pristine root, the downloaded packages and the logs, so that
# the next run is quick. A chroot has no user namespaces: this is also the test without bubblewrap.
set -u

. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/steps.sh"

suite="${1:-}"
case "$suite" in
  bookworm | trixie) ;;
  *) give_up "usage: grader/tests/by_hand/bare_debian.sh bookworm|trixie [FOLDER]" ;;
esac
[ "$(id -u)" -eq 0 ] || give_up "Only root can make and enter a bare Debian: run this with sudo."
for tool in debootstrap git unshare; do
  command -v "$tool" >/dev/null || give_up "This needs $tool: apt-get install debootstrap git util-linux"
done

# In a mount namespace of its own, no mount outlives this script, however it ends.
if [ "${QKV_OWN_MOUNTS:-}" != yes ]; then
  export QKV_OWN_MOUNTS=yes
  exec unshare --mount -- "$BASH" "${BASH_SOURCE[0]}" "$@"
fi

repo="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../.." && pwd)"
folder="$(mkdir -p -- "${2:-/var/tmp/qkv-roots}" && cd -- "${2:-/var/tmp/qkv-roots}" && pwd)" || exit 2
pristine="$folder/pristine-$suite"
packages="$folder/packages-$suite"
logs="$folder/logs-$suite"
root="$folder/run-$suite"
target_seconds=60
prefix="$(printf "%-8s  " "$suite")"

# Two clones, at paths that catch missing quotes: root's, and an ordinary user's.
first="/home/learner/my kit 学习/qkv"
second="/home/learner/second kit 第二/qkv"

# expect WANTED STATUS
expect() {
  [ "$1" -eq "$2" ] && return 0
  note="ended with status $2, not $1"
  return 1
}

# inside USER FOLDER COMMAND...: in the root, with the environment of a bare system.
inside() {
  local user="$1" from="$2" home=/root
  shift 2
  [ "$user" = root ] || home="/home/$user"
  env -i HOME="$home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
    chroot --userspec="$user:$user" "$root" /bin/bash -c 'cd -- "$0" && exec "$@"' "$from" "$@" </dev/null
}

# ---- reading the result ----

# values KEY FILE: every value of a key, one a line. Inside a string the quotes of a key are escaped, so
# nothing that a learner's file prints is ever found.
values() { tr -d '\n' <"$2" | grep -o "\"$1\" *: *\(\"[^\"]*\"\|[0-9.]*\)" | sed 's/^[^:]*: *//; s/"//g'; }
count_in_manifests() { cat "$repo_clone"/exercises/*/exercise.toml | grep -c "$1"; }

# result_is STATUS-OF-PARTS FILE: every exercise graded, every part with that status, none left out.
result_is() {
  local statuses
  statuses="$(values status "$2" | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')"
  local wanted
  wanted="$(printf '%s graded\n%s %s\n' "$(ls "$repo_clone"/exercises/*/exercise.toml | wc -l)" \
    "$(count_in_manifests '^\[\[part\]\]')" "$1" | sort -k 2 | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')"
  note="$statuses"
  [ "$statuses" = "$wanted" ] && return 0
  note="$statuses; expected $wanted"
  return 1
}

no_points() { [ "$(values score "$1" | sort -u)" = 0 ] || { note="$note; the score is not 0"; return 1; }; }

full_score() {
  [ -n "$(values score "$1")" ] && [ "$(values score "$1")" = "$(values max_score "$1")" ] &&
    [ "$(values score "$1" | sort -u)" != 0 ] || { note="$note; score and max_score differ"; return 1; }
}

# ---- what is tried ----

bare_root() {
  local source mirror
  for source in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    [ -f "$source" ] || continue
    mirror="$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' "$source")"
    [ -n "$mirror" ] && break
  done
  [ -n "${mirror:-}" ] || { say "No Debian mirror in /etc/apt/sources.list.d/debian.sources or /etc/apt/sources.list"; return 1; }

  if [ ! -d "$pristine" ]; then
    rm -rf --one-file-system "$pristine.partial"
    debootstrap --variant=minbase "$suite" "$pristine.partial" "$mirror" || return 1
    mv "$pristine.partial" "$pristine" || return 1
  fi
  cp -a "$pristine" "$root" &&
    mount -t proc proc "$root/proc" &&
    mount -t tmpfs -o mode=755 dev "$root/dev" &&
    cp -a /dev/{null,zero,full,random,urandom,tty} "$root/dev/" &&
    ln -s /proc/self/fd "$root/dev/fd" &&
    mkdir "$root/dev/pts" "$root/dev/shm" &&
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" &&
    ln -s pts/ptmx "$root/dev/ptmx" &&
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm" &&
    cp --dereference /etc/resolv.conf "$root/etc/resolv.conf" &&
    say "deb $mirror $suite main" >"$root/etc/apt/sources.list" || return 1
  # As in a container image: apt knows of no packages yet. What an earlier run has downloaded stays.
  rm -rf "$root"/var/lib/apt/lists/* "$root"/etc/apt/sources.list.d/*
  mkdir -p "$packages" && cp -a "$packages/." "$root/var/cache/apt/archives/"
}

clones() {
  inside root / useradd --create-home --shell /bin/bash learner || return 1
  git clone --quiet --no-hardlinks "$repo" "$folder/clone-$suite" || return 1
  local path
  for path in "$first" "$second"; do
    mkdir -p "$root$path" && cp -a "$folder/clone-$suite/." "$root$path/" || return 1
  done
  inside root / chown -R learner:learner /home/learner
  local changed
  changed="$(git -C "$repo" status --porcelain | wc -l)"
  note="$(git -C "$repo_clone" log -1 --format='%h %s' | cut -c 1-50)"
  [ "$changed" -eq 0 ] || note="$note; $changed uncommitted changes are not in it"
}

without_packages() {
  inside learner "$second" ./grade
  expect 2 $? && grep -q 'apt-get install' "$logs/without_packages.log"
}

first_grade() {
  inside root "$first" ./grade
  local status=$?
  cp -a "$root"/var/cache/apt/archives/*.deb "$packages/" 2>/dev/null
  expect 1 "$status"
}

stubs_earn_nothing() {
  inside root "$first" ./grade run --format json >"$logs/stubs.json"
  expect 1 $? && result_is not_implemented "$logs/stubs.json" && no_points "$logs/stubs.json"
}

solutions_earn_everything() {
  inside root "$first" ./grade run --solutions --format json >"$logs/solutions.json"
  expect 0 $? && result_is passed "$logs/solutions.json" && full_score "$logs/solutions.json"
}

check_passes() {
  inside root "$first" ./check
  expect 0 $?
}

# The time counts wherever it goes; the seconds of processor tell a slow kit from a busy machine.
first_verdict() {
  local TIMEFORMAT='%R %U %S' status
  time inside learner "$second" ./grade attention
  status=$?
  note="$(tail -n 1 "$logs/first_verdict.log" | awk -v target="$target_seconds" -v cores="$(nproc)" \
    '{ printf "%.1f s, target %d; %.0f s of processor, %d cores", $1, target, $2 + $3, cores }')"
  expect 1 "$status" && awk -v target="$target_seconds" -v note="$note" 'BEGIN { exit !(note + 0 <= target) }'
}

another_folder() {
  inside learner /usr/share "$second/grade" run attention --format json >"$logs/another_folder.json"
  expect 1 $? && no_points "$logs/another_folder.json" &&
    [ "$(values status "$logs/another_folder.json" | sort -u | tr '\n' ' ')" = "graded not_implemented " ]
}

# A package's upgrade: a header of another content, with the older time that it had in its package; then an exercise is
# built that was not built before.
system_update() {
  local header="$root/usr/include/asm-generic/errno-base.h" status
  cp -p "$header" "$header.kept" && say "/* upgraded */" >>"$header" && touch -d 2020-01-01 "$header"
  inside learner "$second" ./grade positional_encoding
  status=$?
  mv "$header.kept" "$header"
  expect 1 "$status" && grep -q 'errno-base.h): building it anew' "$logs/system_update.log"
}

# No namespaces here: the first wall, and Landlock around the compiler, for somebody who is not root.
trust_matrix() {
  inside learner "$second" ./grade verify --trust
  expect 0 $? || return 1
  note="$(grep -o 'walls: .*' "$logs/trust_matrix.log"), $(grep -o '[0-9]* attacks, [0-9]* faults' "$logs/trust_matrix.log")"
}

nothing_tracked_changed() {
  local path changed
  for path in "$first" "$second"; do
    changed="$(git -c safe.directory='*' -C "$root$path" status --porcelain)" || return 1
    [ -z "$changed" ] || { say "$path"; say "$changed"; return 1; }
  done
}

# ---- the run ----

leave() {
  umount --lazy "$root/dev" "$root/proc" 2>/dev/null
  rm -rf --one-file-system "$folder/clone-$suite"
  # After a failure the root stays, to be looked at; the next run removes it.
  [ ${#failures[@]} -ne 0 ] || rm -rf --one-file-system "$root"
}

exec 9>"$folder/lock-$suite" && flock --nonblock 9 || give_up "Another run uses $folder for $suite."
rm -rf --one-file-system "$logs" && mkdir -p "$logs" || exit 2
rm -rf --one-file-system "$root" "$folder/clone-$suite"
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
repo_clone="$folder/clone-$suite"

if step "a bare root" bare_root && step "a clone of HEAD, twice" clones; then
  step "an ordinary user without packages is told what to install" without_packages
  if step "the first ./grade installs the packages and grades" first_grade; then
    step "every part of the stubs is not_implemented, score 0" stubs_earn_nothing
    step "./grade run --solutions earns every point" solutions_earn_everything
    step "./check passes" check_passes
    step "an ordinary user's first verdict in a fresh clone" first_verdict
    step "from another folder" another_folder
    step "the trust matrix, as an ordinary user" trust_matrix
    step "after the update of a system header" system_update
    step "no tracked file has changed" nothing_tracked_changed
  fi
fi

finish "$suite" "logs in $logs, the root in $root"
