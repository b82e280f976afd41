#!/usr/bin/env bash
# Runs the commands of docs/class.md word by word, in a clone of the kit.
# usage: class_guide.sh ROOT BUILT     ROOT: the kit; BUILT: where it is built
set -eu
root="$1" built="$2"
git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || exit 77
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
git clone -q "$root" "$work/kit"
git -C "$root" diff HEAD | git -C "$work/kit" apply --allow-empty
printf '#!/bin/sh\nexec "%s/bin/instructors" --root "%s/kit" --toolchain "%s/toolchain.json" "$@"\n' "$built" "$work" "$built" >"$work/grade"
chmod +x "$work/grade"
cd "$work/kit"

# The blocks marked sh, one after the other; the last one takes everything away again. ./grade is what is built already.
for guide in class.md class.zh.md; do
  script="$(awk '/^```sh$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$root/docs/$guide" | sed 's|^\./grade|../grade|')"
  # A mistake that the guide makes is one.
  while read -r change; do
    ! cmp -s <(eval "$change") "${change##* }" || { echo "$guide: changes nothing: $change"; exit 1; }
  done < <(grep -oE "^sed '[^']*' [^ ]+" <<<"$script")
  said="$(LC_ALL=C.UTF-8 bash -euxc "$script" 2>&1)" || { printf '%s\n' "$said"; echo "a command of $guide failed"; exit 1; }
  printf '%s\n' "$said"
  expect() { grep -qE -- "$1" <<<"$said" || { echo "the commands of $guide did not say: $1"; exit 1; }; }
  if [ "$guide" = class.md ]; then
    expect "4 students: 3 graded \\(3 attempts newly\\), 1 handed nothing in, 0 not graded"
    expect "[13] rows of the gradebook changed"
  else
    expect "共 4 人：已评分 3 人（新评 3 份），没有交 1 人，没能评分 0 人"
    expect "成绩册里有 [13] 行变了"
  fi
  expect "s003  attention: 0 -> 12"
  [ ! -e ../week3 ] && [ ! -e ../qkv-autumn ] || { echo "$guide leaves its example behind"; exit 1; }
done
