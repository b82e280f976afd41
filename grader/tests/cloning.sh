#!/usr/bin/env bash
# What git does to learners: clones, pulls over their work, Windows' line ends. The repository is made anew from the files
# of this checkout, so that neither its history nor what is not committed matters.
set -u
kit="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL="$scratch/gitconfig" GIT_CONFIG_NOSYSTEM=1
git config --global user.name learner && git config --global user.email learner@example.org
git config --global init.defaultBranch main && git config --global safe.directory '*'
git -C "$kit" rev-parse 2>/dev/null || { echo "skipped: this is no git checkout"; exit 77; }

mine=exercises/attention/attention.cpp
failures=0
check() { "$@" || { printf '%s: line %d: FAILED: %s\n' "$test" "${BASH_LINENO[0]}" "$*"; failures=$((failures + 1)); }; }
clean() { [ -z "$(git status --porcelain)" ]; }
finished() { cmp -s "$mine" "$kit/solutions/attention/attention.cpp"; }

# The commands of a block marked sh below a heading of docs/setup.md, with what learners write for themselves filled in.
documented() { awk -v heading="$1" '/^#/ {below = ($0 == heading)} below && /^```$/ {inside = 0} inside; below && /^```sh$/ {inside = 1}' "$kit/docs/setup.md"; }
commit() { git add -A && git commit -q -m "$1"; }

# ---- the repositories: `first` as kits were that tracked the learner's file, `main` as they are ----

mkdir "$scratch/upstream" && cd "$scratch/upstream" && git init -q
(cd "$kit" && git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for file; do [ -e "$file" ] && printf "%s\0" "$file"; done' sh |
  xargs -0 cp -P --parents -t "$scratch/upstream")
mv exercises/.gitignore "$scratch/ignored"
for stub in exercises/*/stub.cpp; do cp "$stub" "${stub%/*}/$(basename "${stub%/*}").cpp"; done
commit "learners' files are tracked"
git branch first
for stub in exercises/*/stub.cpp; do rm "${stub%/*}/$(basename "${stub%/*}").cpp"; done
mv "$scratch/ignored" exercises/.gitignore
commit "they are not"

# a_clone NAME: of main, and goes there; an_old_clone NAME: of what was there before.
a_clone() { git clone -q "$scratch/upstream" "$scratch/$1" && cd "$scratch/$1"; }
an_old_clone() { a_clone "$1" && git reset -q --hard origin/first; }
write() { cp "$kit/solutions/attention/attention.cpp" "$mine"; }
news() { (cd "$scratch/upstream" && echo "// news" >>exercises/attention/stub.cpp && commit "a stub is corrected"); }

test="what git tracks and ignores"
a_clone ignoring
for folder in exercises/*/; do
  id="$(basename "$folder")"
  check test -z "$(git ls-files "$folder$id.cpp")"
  echo "// mine" >"$folder$id.cpp"
done
check clean
mkdir exercises/new_one
touch exercises/new_one/{new_one.cpp,stub.cpp,tests.cpp,scenes.cpp,new_one.hpp,exercise.toml}
check git check-ignore -q exercises/new_one/new_one.cpp
check test "$(git status --porcelain -uall | wc -l)" -eq 5

test="a pull over a finished exercise"
a_clone pulling && write
news
check git pull -q
check finished
check clean
check grep -q "// news" exercises/attention/stub.cpp

test="a branch of one's own"
a_clone branching && write
eval "$(documented '## Your files and git')" >"$scratch/said" 2>&1 || check false
check test -n "$(git ls-files "$mine")"
news
check git pull -q --no-rebase origin main
check finished
check clean

test="an old clone, nothing written"
an_old_clone untouched
check git pull -q
check clean
check test ! -e "$mine"

test="an old clone, work not committed"
an_old_clone uncommitted && write
git pull -q 2>/dev/null && check false
check finished
eval "$(documented '### A clone from before')" >"$scratch/said" 2>&1 || check false
check finished
check clean
news
check git pull -q
check finished

test="an old clone, work committed"
an_old_clone committed && write && git commit -q -am "mine"
git pull -q --no-rebase >/dev/null 2>&1 && check false
check finished
check git rm -q --cached "$mine"
check git commit -q --no-edit
check finished
check clean
news
check git pull -q --no-rebase
check finished

test="a clone with Windows' line ends"
git clone -q -c core.autocrlf=true "$scratch/upstream" "$scratch/windows" && cd "$scratch/windows"
check test -z "$(git ls-files --eol | grep 'w/crlf\|w/mixed')"
check diff -r --exclude=.git "$scratch/upstream" .
check clean

[ $failures -eq 0 ] && echo "all passed"
[ $failures -eq 0 ]
