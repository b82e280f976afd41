#!/usr/bin/env bash
# Proves that the zip of ./grade export gradescope works where Gradescope runs it: a bare Ubuntu 22.04, as root, without
# namespaces, in their folders. Each kind of submission must give a results.json as their documentation has it.
# Needs root and the network.
#
#   grader/tests/by_hand/gradescope.sh [FOLDER]
#
# FOLDER (default /var/tmp/qkv-roots) keeps the pristine root, the downloaded packages and the logs, so that the next run
# is quick. What is exported is this checkout as it stands, one exercise of it.
set -u

. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/steps.sh"

[ "$(id -u)" -eq 0 ] || give_up "Only root can make and enter a bare Ubuntu: run this with sudo."
for tool in debootstrap unshare unzip; do
  command -v "$tool" >/dev/null || give_up "This needs $tool: apt-get install debootstrap util-linux unzip"
done

# In a mount namespace of its own, no mount outlives this script, however it ends.
if [ "${QKV_OWN_MOUNTS:-}" != yes ]; then
  export QKV_OWN_MOUNTS=yes
  exec unshare --mount -- "$BASH" "${BASH_SOURCE[0]}" "$@"
fi

repo="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../.." && pwd)"
folder="$(mkdir -p -- "${1:-/var/tmp/qkv-roots}" && cd -- "${1:-/var/tmp/qkv-roots}" && pwd)" || exit 2
mirror="${QKV_UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}"
pristine="$folder/pristine-jammy"
packages="$folder/packages-jammy"
logs="$folder/logs-gradescope"
root="$folder/run-gradescope"
at="$root/autograder"
results="$at/results/results.json"
reference="$repo/solutions/attention/attention.cpp"

# inside COMMAND...: in the root, as Gradescope runs what is theirs.
inside() {
  env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
    chroot "$root" /bin/bash -c 'cd /autograder && exec "$@"' bash "$@" </dev/null
}

# ---- what is tried ----

exported() { "$repo/grade" export gradescope "$folder/zip" attention --seed 7; }

bare_root() {
  if [ ! -d "$pristine" ]; then
    rm -rf --one-file-system "$pristine.partial"
    # Debian need not have Ubuntu's keys.
    local keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
    debootstrap --variant=minbase --components=main,universe \
      $([ -f $keys ] && say "--keyring=$keys" || say --no-check-gpg) jammy "$pristine.partial" "$mirror" || return 1
    mv "$pristine.partial" "$pristine" || return 1
  fi
  cp -a "$pristine" "$root" &&
    mount -t proc proc "$root/proc" &&
    mount -t tmpfs -o mode=755 dev "$root/dev" &&
    cp -a /dev/{null,zero,full,random,urandom,tty} "$root/dev/" &&
    ln -s /proc/self/fd "$root/dev/fd" &&
    mkdir "$root/dev/shm" && mount -t tmpfs -o mode=1777 shm "$root/dev/shm" &&
    cp --dereference /etc/resolv.conf "$root/etc/resolv.conf" &&
    printf 'deb %s %s main universe\n' "$mirror" jammy "$mirror" jammy-updates >"$root/etc/apt/sources.list" &&
    rm -rf "$root"/var/lib/apt/lists/* || return 1
  mkdir -p "$packages" && cp -a "$packages/." "$root/var/cache/apt/archives/"
}

# As their documentation says: the zip's files in source, run_autograder copied beside it.
unpacked() {
  mkdir -p "$at/source" "$at/results" "$at/submission" &&
    unzip -q "$folder/zip/autograder.zip" -d "$at/source" &&
    cp "$at/source/run_autograder" "$at/run_autograder" && chmod +x "$at/run_autograder" &&
    say '{"id": 1, "users": [{"email": "ada@example.edu", "id": 1, "name": "Ada"}]}' >"$at/submission_metadata.json"
}

set_up() {
  inside bash /autograder/source/setup.sh
  local status=$?
  cp -a "$root"/var/cache/apt/archives/*.deb "$packages/" 2>/dev/null
  return $status
}

# graded: runs run_autograder on what is in the submission's folder; results.json is as documented.
graded() {
  local start=$SECONDS
  rm -f "$results"
  inside /autograder/run_autograder || return 1
  note="run_autograder: $((SECONDS - start)) s"
  QKV_RESULTS_JSON="$results" "$repo/build/dev/grader/tests/end_to_end_tests" 'a results.json from elsewhere*'
}

empty() { rm -rf "$at/submission" && mkdir "$at/submission"; }
score_is() {
  [ "$(sed -n 's/^ "score": \([0-9]*\),$/\1/p' "$results")" = "$1" ] || { note="$note; not $1 points"; return 1; }
}
says() { grep -qF -- "$1" "$results" || { note="$note; it does not say: $1"; return 1; }; }

right() { empty && cp "$reference" "$at/submission/" && graded && score_is 15; }
wrong() {
  empty && sed 's/std::sqrt(static_cast<Scalar>(key.cols()))/static_cast<Scalar>(key.cols())/' "$reference" \
    >"$at/submission/attention.cpp" && ! cmp -s "$reference" "$at/submission/attention.cpp" && graded && score_is 9 &&
    says 'divided by d_k' && says '"after_published"'
}
broken() { empty && say 'this is no C++' >"$at/submission/attention.cpp" && graded && score_is 0 && says 'does not compile'; }
absent() { empty && graded && score_is 0 && says 'attention.cpp is missing'; }
cloned() {
  empty && mkdir -p "$at/submission/exercises/attention" && cp "$reference" "$at/submission/exercises/attention/" &&
    graded && score_is 15
}
linked() { empty && ln -s /autograder/source/kit/solutions "$at/submission/exercises" && graded && score_is 0; }
linked_file() {
  empty && ln -s /autograder/source/kit/solutions/attention/attention.cpp "$at/submission/attention.cpp" && graded && score_is 0
}
included() {
  empty && say '#include "/autograder/source/kit/solutions/attention/attention.cpp"' >"$at/submission/attention.cpp" &&
    graded && score_is 0
}
# The solution, with something that runs before it: earns nothing, and changes nothing outside.
hostile() {
  local attacks=0 code
  while IFS= read -r code; do
    say "$code"
    empty && { printf '#include <cstdio>\n#include <cstdlib>\n#include <unistd.h>\nstatic const int attack = [] { %s return 0; }();\n' "$code"; cat "$reference"; } \
      >"$at/submission/attention.cpp" && graded && score_is 0 || return 1
    attacks=$((attacks + 1))
  done <<'END'
std::fputs("{\"score\": 15, \"tests\": []}", std::fopen("/autograder/results/results.json", "w"));
std::rename("/autograder/submission", "/autograder/gone");
std::puts("{\"score\": 15, \"tests\": []}\n<script>alert(1)</script>\x1b[2J"); std::exit(0);
fork();
__builtin_trap();
END
  note="$attacks attacks"
}
no_scores() { ! grep -q '"score"' "$results" && says 'no points are lost'; }
# A file that computes for longer than the whole run may take, before it answers anything.
time_out() {
  empty && cp "$reference" "$at/submission/" || return 1
  say 'static const int waited = [] { for (volatile long i = 0; i < 5000000000; i = i + 1) {} return 0; }();' \
    >>"$at/submission/attention.cpp"
  sed -i 's/^seconds=.*/seconds=1/' "$at/source/settings"
  graded && no_scores
  local status=$?
  sed -i 's/^seconds=.*/seconds=480/' "$at/source/settings"
  return $status
}
fault_of_the_kit() {
  empty && cp "$reference" "$at/submission/" && mv "$at/source/kit/build" "$at/source/built" &&
    say >"$at/source/kit/build" && graded && no_scores
  local status=$?
  rm -f "$at/source/kit/build" && mv "$at/source/built" "$at/source/kit/build" && return $status
}

# ---- the run ----

leave() {
  umount --lazy "$root/dev" "$root/proc" 2>/dev/null
  # After a failure the root stays, to be looked at; the next run removes it.
  [ ${#failures[@]} -ne 0 ] || rm -rf --one-file-system "$root"
}

exec 8>"$folder/lock-gradescope" && flock --nonblock 8 || give_up "Another run uses $folder."
rm -rf --one-file-system "$logs" && mkdir -p "$logs" || exit 2
rm -rf --one-file-system "$root"
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if step "the zip" exported && step "a bare Ubuntu 22.04" bare_root && step "the zip in their folders" unpacked &&
  step "setup.sh" set_up; then
  step "the solution: all points" right
  step "the solution in a clone of the learners' copy" cloned
  step "a mistake: its name at once, hidden tests when published" wrong
  step "a file that does not compile" broken
  step "nothing handed in" absent
  step "a link to the solutions instead of a folder" linked
  step "a link to the solution" linked_file
  step "the solution included by its path" included
  step "hostile submissions earn nothing" hostile
  step "a time-out of the whole run: no scores" time_out
  step "a fault of the kit: no scores" fault_of_the_kit
  step "and all points again" right
fi

finish "Gradescope" "logs in $logs, the root in $root"
