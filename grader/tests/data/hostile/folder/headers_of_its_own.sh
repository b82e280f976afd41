# tries: to be compiled with headers, settings and a manifest of its own
# verdict: passed
# earns: 5
# wall: boundary

cp "$HONEST" counting.cpp
mkdir -p qkv remote counting
for name in counting.hpp remote.hpp tests.cpp symbols exercise.toml qkv/matrix.hpp qkv/warm.hpp cmath Eigen vector; do
    echo '#error "REACHED"' > $name
done
echo '-include /etc/passwd' > clang++.cfg
echo 'CompileFlags: {Add: -DREACHED}' > .clangd
