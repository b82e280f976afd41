#!/bin/sh
# verify.sh N COMMAND...: proves an exercise with every N-th mutant, with QKV_ALL_MISTAKES=1 with all of them.
every="${QKV_ALL_MISTAKES:-$1}"
shift
exec "$@" --every "$every"
