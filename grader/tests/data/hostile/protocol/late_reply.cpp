// tries: to answer rightly, but only after the time limit
// verdict: timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>

namespace qkv::worker {
std::uint64_t current_call();  // the kit's own
}

namespace counting {

struct Header {
    std::uint32_t magic = 0x716b7608, kind = 2;
    std::uint64_t call = qkv::worker::current_call(), size = 0;
};

void put(std::string& bytes, auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

std::string value_frame(const Matrix& matrix) {
    Header header;
    header.size = 17 + 8 * static_cast<std::uint64_t>(matrix.size());
    std::string bytes;
    put(bytes, header), put(bytes, '\3'), put(bytes, matrix.rows()), put(bytes, matrix.cols());
    return bytes + std::string(reinterpret_cast<const char*>(matrix.data()), header.size - 17);
}

Matrix running_sums(const Matrix& values) {
    sleep(3);
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    const std::string frame = value_frame(sums);
    write(3, frame.data(), frame.size());
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
