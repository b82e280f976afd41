// What tiles look like, and what is remembered of them: ./grade show flash_attention.
#include "testing/scene.hpp"

#include <limits>

#include "remote.hpp"

namespace {

using namespace flash_attention;
using namespace qkv::testing;

}  // namespace

QKV_SCENE("How a softmax changes its mind", "softmax 怎样一路改主意", "[online]") {
    const RowVector scores{{1, 3, 2, 2, 5, 1, 0, 4, 6, 2, 1, 3}};
    Partial seen{-std::numeric_limits<Scalar>::infinity(), 0};
    Matrix weights = Matrix::Zero(4, 12);
    for (Index chunk = 0; chunk < 4; ++chunk) {
        seen = learner::merge(seen, learner::summarize(scores.segment(3 * chunk, 3)));
        const Index count = 3 * (chunk + 1);
        const Matrix so_far = (scores.head(count).array() - seen.maximum).exp() / seen.sum;
        REQUIRE_THAT(so_far, Pictured(1, count));
        weights.row(chunk).head(count) = so_far;
    }
    say(
        {"Twelve scores come three at a time. After each chunk two numbers are known, a maximum and a sum; they are "
         "enough to say what all weights so far would be.",
         "十二个打分，每次来三个。每来一段，只更新两个数：最大值与和。凭这两个数，就能说出到目前为止的所有权重。"});
    show({"the weights if the row ended here, after each chunk", "每一段之后：假如这一行到此为止，权重会是多少"},
         weights, 4, 12);
}

QKV_SCENE("Which tiles are needed?", "哪些块要算？", "[tiles]") {
    Matrix picture = Matrix::Zero(20, 28);
    for (const Tile& tile : learner::tiles(20, 28, {4, 4, true})) {
        REQUIRE((0 <= tile.query_begin && tile.query_begin < tile.query_end && tile.query_end <= 20));
        REQUIRE((0 <= tile.key_begin && tile.key_begin < tile.key_end && tile.key_end <= 28));
        picture
            .block(tile.query_begin, tile.key_begin, tile.query_end - tile.query_begin, tile.key_end - tile.key_begin)
            .setConstant(tile.partly_hidden ? Scalar{0.5} : Scalar{1});
    }
    say(
        {"20 queries, the last of 28 positions, in tiles of 4 x 4. Those below the diagonal are seen whole and need no "
         "mask, those along it are partly hidden, those above it are never computed.",
         "20 个查询，是 28 个位置里的最后 20 个，切成 4 x 4 的块。对角线左下方的块全部可见，不用掩码；"
         "对角线上的块部分隐藏；右上方的块根本不算。"});
    show({"tiles, a row a query", "分块，一行一个查询"}, picture, 20, 28);
}

QKV_SCENE("One number a query brings every weight back", "每个查询一个数，就能找回所有的权重", "[forward]") {
    // Positions as points on circles: a query looks at its own neighbourhood.
    Matrix place(16, 8), value = Matrix::Ones(16, 1);
    for (Index i = 0; i < 16; ++i) {
        for (Index f = 0; f < 4; ++f) {
            const Scalar angle = static_cast<Scalar>(i) * std::pow(Scalar{2}, static_cast<Scalar>(-f));
            place(i, 2 * f) = 2 * std::cos(angle), place(i, 2 * f + 1) = 2 * std::sin(angle);
        }
    }
    const Forward result = learner::forward(place, place, value, {4, 4, true});
    REQUIRE_THAT(result.log_sum_exp, Pictured(1, 16));
    Matrix weights = place * place.transpose() / std::sqrt(Scalar{8});
    for (Index i = 0; i < 16; ++i) {
        weights.row(i) = (weights.row(i).array() - result.log_sum_exp(i)).exp();
        weights.row(i).tail(15 - i).setZero();
    }
    say(
        {"forward kept no weights, only a log-sum-exp for each query. exp(score - log-sum-exp) is the weight again: so "
         "backward computes them tile by tile.",
         "前向没有保存任何权重，每个查询只留下一个 log-sum-exp。exp(打分 - log-sum-exp) "
         "又得到权重：反向就是这样逐块重算的。"});
    show({"the log-sum-exp of each query", "每个查询的 log-sum-exp"}, result.log_sum_exp / 8, 1, 16);
    show({"the weights that come back from it", "由它找回的权重"}, weights, 16, 16);
}
