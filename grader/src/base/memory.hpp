// What memory is to be had.
#pragma once

#include <sys/mman.h>

#include <cstddef>

namespace qkv::grader {

/// Whether the system lets us have so many bytes now (ulimit -v, vm.overcommit_memory). None of them is touched.
inline bool has_memory(std::size_t bytes) {
    if (bytes == 0) return true;  // which mmap refuses
    void* const all = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return all != MAP_FAILED && munmap(all, bytes) == 0;
}

}  // namespace qkv::grader
