#!/usr/bin/env bash
# The learners' copy passes its own ./check, built from nothing; takes as long as that of the kit. ./check --all runs it.
set -u
kit="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
unset QKV_BUILD_DIR
"$kit/grade" handout "$scratch/copy" || exit 1
"$scratch/copy/check" || exit 1
# What the tests left behind is the learners' own, and ignored.
[ -z "$(git -C "$scratch/copy" status --porcelain)" ] || { echo "FAILED: ./check has changed the copy"; exit 1; }
"$scratch/copy/grade" >"$scratch/said"
[ $? -eq 1 ] && grep -q ' 0 / 100' "$scratch/said" || { cat "$scratch/said"; echo "FAILED: grading the stubs"; exit 1; }
