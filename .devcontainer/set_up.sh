#!/bin/sh
# Run once in a new dev container. The kit's packages are named in one place, grader/setup.sh, and
# ./grade installs them; here only what an editor and a debugger want besides.
set -eu
cd "$(dirname "$0")/.."
sudo apt-get update
sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clangd gdb
./grade list
