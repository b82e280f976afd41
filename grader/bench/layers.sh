#!/usr/bin/env bash
# A self-attention layer beside a recurrent one, by the length of the sequence, on one thread and shared out among all cores:
#
#   grader/bench/layers.sh [D_MODEL]      (256)
set -eu
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
g++ -std=c++20 -O3 -march=native -pthread -I"$root/common/include" -I"$root/exercises/attention" -I"$root/exercises/multi_head_attention" \
  -isystem /usr/include/eigen3 "$root/grader/bench/layers.cpp" "$root/solutions/attention/attention.cpp" \
  "$root/solutions/multi_head_attention/multi_head_attention.cpp" -o "$work/layers"
echo "d_model ${1:-256}, $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(g++ --version | head -1), $(date +%F), milliseconds"
echo
echo "| length | self-attention | its queries on $(nproc) threads | recurrent |"
echo "|---|---|---|---|"
"$work/layers" "${1:-256}"
