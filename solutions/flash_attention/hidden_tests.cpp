// Hidden tests of `flash_attention`: random shapes, tiles and values against the reference; long sequences, too.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = flash_attention::cases;
using namespace qkv;
using qkv::testing::check_answer;
using qkv::testing::check_random_cases;

namespace {

/// Whether the header leaves it open what becomes of these arguments.
struct MayRefuse {
    bool operator()(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::is_open(argument...); }, arguments);
    }
};

struct Long {
    Matrix query, key, value;
    flash_attention::Tiling tiling;
};

/// Two thousand queries and keys or more: a matrix of so many scores, or half of it, does not fit into 6 MB.
Long long_sequence(Case& drawn) {
    const Index n = drawn.between(2000, 2400), d_k = drawn.between(2, 4), d_v = drawn.between(2, 4);
    return {drawn.matrix(n, d_k),
            drawn.matrix(n, d_k),
            drawn.matrix(n, d_v),
            {drawn.between(40, 80), drawn.between(40, 80), true}};
}

}  // namespace

QKV_RANDOM_CASES(flash_attention, summarize, "online")
QKV_RANDOM_CASES(flash_attention, merge, "online")
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, online_softmax, "softmax", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, absorb_tile, "tile", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, finish, "tile", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, tiles, "tiles", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, forward, "forward", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, row_dots, "backward", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(flash_attention, backward, "backward", MayRefuse{})

// With the future hidden there must be a key for each query.

QKV_TEST("random tiles of more queries than keys", "随机用例：查询比键多的分块", "[tiles]") {
    const auto generate = [](Case& drawn) {
        auto [n_queries, n_keys, tiling] = cases::tiles(drawn);
        tiling.causal = true;
        return std::tuple{n_keys + 1 + drawn.one_of(3), n_keys, tiling};
    };
    check_random_cases(learner::tiles, flash_attention::tiles, generate);
}

QKV_TEST("random attention of more queries than keys", "随机用例：查询比键多的注意力", "[forward]") {
    const auto generate = [](Case& drawn) {
        auto [query, key, value, tiling] = cases::forward(drawn);
        tiling.causal = true;
        const Matrix more = drawn.matrix(key.rows() + 1 + drawn.one_of(3), key.cols());
        return std::tuple{more, key, value, tiling};
    };
    check_random_cases(learner::forward, flash_attention::forward, generate);
}

// Who knows the long sequences that are visible need not have tiles; nobody knows these. With the future hidden, so
// that they take no longer.

QKV_TEST("random attention of a long sequence", "随机用例：长序列的注意力", "[forward]") {
    Case drawn(1, harness::session().settings().seed);
    const auto [query, key, value, tiling] = long_sequence(drawn);
    check_answer(learner::forward, flash_attention::forward(query, key, value, tiling),
                 std::tuple{query, key, value, tiling});
}

QKV_TEST("random gradients of a long sequence", "随机用例：长序列的梯度", "[backward]") {
    Case drawn(2, harness::session().settings().seed);
    const auto [query, key, value, tiling] = long_sequence(drawn);
    const flash_attention::Forward result = flash_attention::forward(query, key, value, tiling);
    const Matrix output_gradient = drawn.matrix(query.rows(), value.cols());
    check_answer(learner::backward, flash_attention::backward(query, key, value, result, output_gradient, tiling),
                 std::tuple{query, key, value, result, output_gradient, tiling});
}
