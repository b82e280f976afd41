#!/bin/sh
# verify.sh COMMAND...: proves an exercise with every eighth mutant, with QKV_ALL_MISTAKES=1 with all of them.
exec "$@" --every "${QKV_ALL_MISTAKES:-8}"
