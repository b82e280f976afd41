#!/usr/bin/env bash
# Gradescope runs this once, as root, when it makes the autograder's image. All that a grading needs is built here, so
# that run_autograder answers in seconds; if the solutions do not earn everything, there is no image.
set -eu
source="${QKV_AUTOGRADER:-/autograder}/source"
. "$source/settings"
cd "$source"

# Whoever unpacked the zip may have left out who may run what.
chmod +x run_autograder kit/grade
find kit -name '*.sh' -exec chmod +x {} +

# Ubuntu 22.04 does not have toml++. It is headers alone, and they came with the zip.
apt-get update
if [ -d toml++ ] && ! apt-cache show libtomlplusplus-dev >/dev/null 2>&1; then
  dpkg-deb --build --root-owner-group toml++ toml++.deb
  dpkg --install toml++.deb
fi

kit/grade run --solutions --hidden --seed "$seed" --jobs 2 $exercises
