// A self-attention layer beside a recurrent one, over the length of the sequence: what the table of docs/course.md
// says, measured. Started by layers.sh, once a number of threads.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "multi_head_attention.hpp"

namespace qkv {
[[noreturn]] void eigen_assertion_failed(const char* expression, const char*) { throw std::logic_error(expression); }
}  // namespace qkv

namespace {

using namespace multi_head_attention;

/// Elman's network: h_t = tanh(x_t W + h_(t-1) U + b), all x W at once, then one step after the other.
Matrix recurrent(const Matrix& tokens, const Matrix& input, const Matrix& state, const RowVector& bias) {
    Matrix states = (tokens * input).rowwise() + bias;
    RowVector last = RowVector::Zero(state.rows());
    for (Index t = 0; t < states.rows(); ++t) {
        last = (states.row(t) + last * state).array().tanh();
        states.row(t) = last;
    }
    return states;
}

/// Milliseconds of one call: the median of several.
double milliseconds(const std::function<void()>& call) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> all;
    const auto begin = Clock::now();
    while (all.size() < 5 || (all.size() < 101 && Clock::now() - begin < std::chrono::seconds(1))) {
        const auto start = Clock::now();
        call();
        all.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
    return all[all.size() / 2];
}

/// Each thread answers its share of the queries.
void shared_out(const Matrix& tokens, const MultiHeadWeights& weights, Index threads) {
    std::vector<std::jthread> all;
    for (Index i = 0; i < threads; ++i) {
        const Index begin = tokens.rows() * i / threads, end = tokens.rows() * (i + 1) / threads;
        all.emplace_back([&tokens, &weights, begin, end] {
            multi_head_attention::multi_head_attention(tokens.middleRows(begin, end - begin), tokens, weights, Mask());
        });
    }
}

Linear random_linear(Index size) { return {Matrix::Random(size, size) / 8, RowVector::Random(size)}; }

}  // namespace

int main(int argc, char** argv) {
    const Index d_model = argc > 1 ? std::atoi(argv[1]) : 256;
    const MultiHeadWeights weights{random_linear(d_model), random_linear(d_model), random_linear(d_model),
                                   random_linear(d_model), 4};
    const Matrix input = Matrix::Random(d_model, d_model) / 16, state = Matrix::Random(d_model, d_model) / 16;
    const RowVector bias = RowVector::Zero(d_model);
    for (const Index length : {64, 128, 256, 512, 1024, 2048, 4096}) {
        const Matrix tokens = Matrix::Random(length, d_model);
        const double alone = milliseconds([&] { shared_out(tokens, weights, 1); });
        const double threads = milliseconds([&] { shared_out(tokens, weights, std::thread::hardware_concurrency()); });
        const double steps = milliseconds([&] { recurrent(tokens, input, state, bias); });
        std::printf("| %ld | %.1f | %.1f | %.1f |\n", static_cast<long>(length), alone, threads, steps);
    }
}
