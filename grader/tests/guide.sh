#!/usr/bin/env bash
# Runs the commands of docs/instructors.md word by word, in a kit of its own.
# usage: guide.sh GUIDE KIT BUILT GRADER     KIT: a kit's root; BUILT: where its toolchain and exercises are built
set -eu
guide="$1" kit="$2" built="$3" grader="$4"

forget() { rm -rf "$kit/exercises/centered_rows" "$kit/solutions/centered_rows" "$kit/submissions" "$built/exercises/centered_rows"; }
forget
# What CMake wrote while the example was there asks for it; the next build must not.
trap 'forget; cmake "$(dirname "$built")" >/dev/null' EXIT

printf '#!/bin/sh\nexec "%s" --root "%s" --toolchain "%s" "$@"\n' "$grader" "$kit" "$built/toolchain.json" > "$kit/grade"
chmod +x "$kit/grade"
cd "$kit"

# The blocks marked sh, one after the other; the last one takes the example away.
script="$(awk '/^```sh$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$guide")"
said="$(LC_ALL=C.UTF-8 bash -euxc "$script" 2>&1)" || { printf '%s\n' "$said"; echo "a command of the guide failed"; exit 1; }
printf '%s\n' "$said"

expect() { grep -qF -- "$1" <<< "$said" || { echo "the guide's commands did not say: $1"; exit 1; }; }
expect "centered_rows: 1 parts, 4 mutants, 4 of them named in words, compare finds 3 of 3"
expect "centered_rows: 1 parts, 5 mutants"
expect "0 faults"
expect "The sum of each row is taken off, not its mean"
expect "const auto result = centered_rows::center_rows(input);"
expect "status 1: points are missing"
expect "All points earned."
expect "✗ first_number   -7"
expect "The sum was taken off, not the mean."
expect "status 1: not all is right"
[ ! -e exercises/centered_rows ] || { echo "the guide leaves its example behind"; exit 1; }
