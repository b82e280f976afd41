// The grader of `flash_attention`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. Golden values are PyTorch's plain attention in float64, its logsumexp and its
// autograd; those of the long sequences are sums that can be written down.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;
using flash_attention::Forward;
using flash_attention::Gradients;
using flash_attention::Partial;
using flash_attention::Running;
using flash_attention::Tile;
using flash_attention::Tiling;

namespace {

constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
/// Of a score of 10000 a float holds three digits after the point.
constexpr double high_score_tolerance = in_double ? tolerance : 0.1;
/// Far below what is often taken for "minus infinity"; the product of far_query and far_key, without a digit lost.
constexpr Scalar far_key = in_double ? 1e6 : 1 << 20, far_query = -far_key, lowest_score = far_query * far_key;
const Partial nothing{-infinity, 0};

Matrix as_row(const Partial& partial) { return Matrix{{partial.maximum, partial.sum}}; }

Partial partial_of(const Matrix& row) { return {row(0, 0), row(0, 1)}; }

Running before_any_key(Index n_queries, Index d_v) {
    Running result{RowVector(n_queries), RowVector(n_queries), Matrix(n_queries, d_v)};
    result.maximum.setConstant(-infinity), result.sum.setZero(), result.output.setZero();
    return result;
}

/// A row a tile: query_begin, query_end, key_begin, key_end, partly_hidden.
Matrix as_rows(const std::vector<Tile>& tiles) {
    Matrix rows(static_cast<Index>(tiles.size()), 5);
    Index i = 0;
    for (const Tile& tile : tiles) {
        for (const Index number : {tile.query_begin, tile.query_end, tile.key_begin, tile.key_end})
            REQUIRE(std::abs(number) < 100000);
        rows.row(i++) << static_cast<Scalar>(tile.query_begin), static_cast<Scalar>(tile.query_end),
            static_cast<Scalar>(tile.key_begin), static_cast<Scalar>(tile.key_end), tile.partly_hidden ? 1 : 0;
    }
    return rows;
}

/// The worked example of the statement: two queries, four keys.
const RowVector example_scores{{1, 3, 2, 5}};
const Matrix example_query{{2, 0, 0, 0}, {0, 2, 0, 0}};
const Matrix example_key{{1, 0, 0, 1}, {3, 2, 0, 0}, {2, 4, 1, 0}, {5, 3, 0, 2}};
const Matrix example_value{{1, 0}, {0, 1}, {2, 0}, {0, 3}};
const Matrix example_output_gradient{{1, 0}, {0, 2}};
const Running example_first{RowVector{{3, 2}}, RowVector{{1.1353352832366128, 1.1353352832366128}},
                            Matrix{{0.1353352832366127, 1}, {0.1353352832366127, 1}}};
const Running example_both{RowVector{{5, 4}}, RowVector{{1.2034379904932109, 1.5215303632967891}},
                           Matrix{{0.1178897756244621, 3.135335283236613}, {2.018315638888734, 1.2389736067509398}}};
const Forward example_plain{Matrix{{0.0979608227060762, 2.605315195302787}, {1.3265036883756505, 0.8142943687738068}},
                            RowVector{{5.185182452603812, 4.419716646315339}}};
const Forward example_causal{Matrix{{0.5794875152799758, 0.6652409557748218}, {1.3265036883756505, 0.8142943687738068}},
                             RowVector{{3.4076059644443806, 4.419716646315339}}};

Forward golden_forward(const std::string& name) { return {golden(name + "/output"), golden(name + "/log_sum_exp")}; }

/// The long sequences: d_k = d_v = 1, so that scores are products; key j is log(j + 1), value j is 1 / (j + 1).
/// A query of 0, 1 or 2 then gives key j the weight (j + 1) to that power, and every sum is one of those below.
constexpr Index longest = 2400;

Matrix log_of_positions() {
    Matrix column(longest, 1);
    for (Index j = 0; j < longest; ++j) column(j, 0) = std::log(static_cast<Scalar>(j + 1));
    return column;
}

Matrix one_over_positions() {
    Matrix column(longest, 1);
    for (Index j = 0; j < longest; ++j) column(j, 0) = 1 / static_cast<Scalar>(j + 1);
    return column;
}

}  // namespace

// ------------------------------------------------------------------------------------------ online

QKV_TEST("the chunks of the statement's example are summarized and merged", "题目算例的两段，汇总与合并都正确",
         "[online]") {
    const Partial left{3, Scalar(1.1353352832366128)}, right{5, Scalar(1.0497870683678638)};
    CHECK_THAT(as_row(learner::summarize(RowVector{{1, 3}})), Equals(as_row(left)));
    CHECK_THAT(as_row(learner::summarize(RowVector{{2, 5}})), Equals(as_row(right)));
    CHECK_THAT(as_row(learner::merge(left, right)), Equals(Matrix{{5, Scalar(1.2034379904932109)}}));
}

QKV_TEST("maximum and sum are those of the formula, whatever the order of the scores",
         "最大值与和同公式一致，与打分的次序无关", "[online]") {
    const RowVector scores = golden("online/scores"), reversed = scores.reverse();
    CHECK_THAT(as_row(learner::summarize(scores)), Equals(golden("online/all")));
    CHECK_THAT(as_row(learner::summarize(reversed)), Equals(golden("online/all")));
}

QKV_TEST("scores of any size are summarized", "打分多大多小都能汇总", "[online]") {
    const Scalar e = std::exp(Scalar{-1});
    CHECK_THAT(as_row(learner::summarize(RowVector{{10000, 9999, -10000}})), Equals(Matrix{{10000, 1 + e}}));
    CHECK_THAT(as_row(learner::summarize(RowVector::Constant(3, -1000000))), Equals(Matrix{{-1000000, 3}}));
    CHECK_THAT(as_row(learner::summarize(RowVector::Constant(3, lowest_score))), Equals(Matrix{{lowest_score, 3}}));
    CHECK_THAT(as_row(learner::summarize(RowVector::Constant(70, 0))), Equals(Matrix{{0, 70}}));
}

QKV_TEST("a score of -infinity counts as never seen, and of nothing there is {-infinity, 0}",
         "负无穷的打分等于没见过；什么也没见过就是 {-infinity, 0}", "[online]") {
    CHECK_THAT(as_row(learner::summarize(RowVector{{-infinity, 2, -infinity, 2}})), Equals(Matrix{{2, 2}}));
    CHECK_THAT(as_row(learner::summarize(RowVector::Constant(3, -infinity))), Equals(as_row(nothing)));
    CHECK_THAT(as_row(learner::summarize(RowVector(0))), Equals(as_row(nothing)));
}

QKV_TEST("merging the parts is summarizing the whole", "各部分合并起来，就是对整体的汇总", "[online]") {
    const Partial left = partial_of(golden("online/left")), right = partial_of(golden("online/right"));
    CHECK_THAT(as_row(learner::merge(left, right)), Equals(golden("online/all")));
    CHECK_THAT(as_row(learner::merge(right, left)), Equals(golden("online/all")));
}

QKV_TEST("merging is associative", "合并满足结合律", "[online]") {
    const Partial a{2.5, 1.75}, b{-3, 4.5}, c{3.25, 2};
    const Matrix ab_first = as_row(learner::merge(learner::merge(a, b), c));
    const Matrix bc_first = as_row(learner::merge(a, learner::merge(b, c)));
    CHECK_THAT(ab_first, SameAs(bc_first));
}

QKV_TEST("what has seen nothing changes nothing", "没见过任何打分的那一份，合并进来什么也不变", "[online]") {
    const Partial some{-7, 2.5};
    CHECK_THAT(as_row(learner::merge(nothing, some)), Equals(as_row(some)));
    CHECK_THAT(as_row(learner::merge(some, nothing)), Equals(as_row(some)));
    CHECK_THAT(as_row(learner::merge(nothing, nothing)), Equals(as_row(nothing)));
}

QKV_TEST("where one side lies far below, the other remains", "一边远低于另一边时，只剩另一边", "[online]") {
    CHECK_THAT(as_row(learner::merge({-10000, 3}, {10000, 1.5})), Equals(Matrix{{10000, 1.5}}));
    CHECK_THAT(as_row(learner::merge({10000, 1.5}, {-10000, 3})), Equals(Matrix{{10000, 1.5}}));
    CHECK_THAT(as_row(learner::merge({-10000, 3}, {-10000, 1.5})), Equals(Matrix{{-10000, 4.5}}));
    CHECK_THAT(as_row(learner::merge({lowest_score, 3}, {lowest_score, 1.5})), Equals(Matrix{{lowest_score, 4.5}}));
    CHECK_THAT(as_row(learner::merge(nothing, {lowest_score, 1.5})), Equals(Matrix{{lowest_score, 1.5}}));
}

QKV_TEST("merging a part with one just like it doubles the sum", "与一模一样的一份合并，和加倍", "[online]") {
    CHECK_THAT(as_row(learner::merge({2, 1.5}, {2, 1.5})), Equals(Matrix{{2, 3}}));
}

// ----------------------------------------------------------------------------------------- softmax

QKV_TEST("the weights of the statement's example come out", "题目算例的权重结果正确", "[softmax]") {
    CHECK_THAT(learner::online_softmax(example_scores, 2),
               Equals(Matrix{{0.0152194288641559, 0.1124572136709326, 0.0413706969209602, 0.8309526605439516}}));
}

QKV_TEST("the weights do not depend on the chunk, be it 1 or longer than the row",
         "权重与段的长度无关：是 1 也好，比整行还长也好", "[softmax]") {
    for (const Index chunk : {1, 2, 3, 5, 10, 11, 12, 1000})
        CHECK_THAT(learner::online_softmax(golden("online/scores"), chunk), Equals(golden("online/weights")));
}

QKV_TEST("a chunk that lies far below or above the others is weighed right", "某一段远低于或远高于其他段，权重也算得对",
         "[softmax]") {
    const RowVector scores{{10000, 10000, -10000, -10000, 10000, 0}};
    const Scalar third = Scalar{1} / 3;
    CHECK_THAT(learner::online_softmax(scores, 2), Equals(Matrix{{third, third, 0, 0, third, 0}}));
    const RowVector reversed = scores.reverse();
    CHECK_THAT(learner::online_softmax(reversed, 2), Equals(Matrix{{0, third, 0, 0, third, third}}));
    CHECK_THAT(learner::online_softmax(RowVector::Constant(5, -1000000), 2), Equals(filled(1, 5, 0.2)));
    CHECK_THAT(learner::online_softmax(RowVector::Constant(5, lowest_score), 2), Equals(filled(1, 5, 0.2)));
}

QKV_TEST("a weight may be as small as it likes, it is not 0", "权重再小也不是 0", "[softmax]") {
    const RowVector weights = learner::online_softmax(RowVector{{-16, -30, 0}}, 3);
    REQUIRE(weights.size() == 3);
    CHECK_THAT(weights.leftCols(2) * Scalar{1e6}, Equals(Matrix{{0.11253516205508447, 9.357621915777682e-08}}));
    CHECK(weights(1) > 0);
}

QKV_TEST("what is -infinity has weight 0, be it a whole chunk or the whole row",
         "负无穷的打分权重为 0，整段如此、整行如此都一样", "[softmax]") {
    const RowVector scores{{-infinity, -infinity, 3, -infinity, 3}};
    for (const Index chunk : {1, 2, 3})
        CHECK_THAT(learner::online_softmax(scores, chunk), Equals(Matrix{{0, 0, 0.5, 0, 0.5}}));
    CHECK_THAT(learner::online_softmax(RowVector::Constant(3, -infinity), 2), Equals(filled(1, 3, 0)));
    CHECK_THAT(learner::online_softmax(RowVector(0), 2), Equals(Matrix(1, 0)));
}

QKV_TEST("a chunk of no score is an error", "段的长度小于 1 是错误", "[softmax]") {
    for (const Index chunk : {0, -1, -100}) {
        CHECK_THROWS_AS(learner::online_softmax(example_scores, chunk), std::invalid_argument);
        CHECK_THROWS_AS(learner::online_softmax(RowVector(0), chunk), std::invalid_argument);
        CHECK_THROWS_AS(learner::online_softmax(RowVector::Constant(3, -infinity), chunk), std::invalid_argument);
    }
}

// -------------------------------------------------------------------------------------------- tile

QKV_TEST("the two tiles of the statement's example come out, and what is made of them",
         "题目算例的两个分块，以及最后的结果，都正确", "[tile]") {
    const Running first =
        learner::absorb_tile(before_any_key(2, 2), example_query, example_key.topRows(2), example_value.topRows(2), {});
    CHECK_THAT(first.maximum, Equals(example_first.maximum));
    CHECK_THAT(first.sum, Equals(example_first.sum));
    CHECK_THAT(first.output, Equals(example_first.output));
    const Running both =
        learner::absorb_tile(example_first, example_query, example_key.bottomRows(2), example_value.bottomRows(2), {});
    CHECK_THAT(both.maximum, Equals(example_both.maximum));
    CHECK_THAT(both.sum, Equals(example_both.sum));
    CHECK_THAT(both.output, Equals(example_both.output));
    const Forward end = learner::finish(example_both);
    CHECK_THAT(end.output, Equals(example_plain.output));
    CHECK_THAT(end.log_sum_exp, Equals(example_plain.log_sum_exp));
}

QKV_TEST("a first tile, partly hidden, then one that is seen whole", "先是部分可见的一块，再是全部可见的一块",
         "[tile]") {
    const Matrix query = golden("tile/query"), key = golden("tile/key"), value = golden("tile/value");
    const Running first{golden("tile/first/maximum"), golden("tile/first/sum"), golden("tile/first/output")};
    const Running begun = learner::absorb_tile(before_any_key(3, 2), query, key.topRows(5), value.topRows(5),
                                               golden_mask("tile/visible"));
    CHECK_THAT(begun.maximum, Equals(first.maximum));
    CHECK_THAT(begun.sum, Equals(first.sum));
    CHECK_THAT(begun.output, Equals(first.output));
    const Running both = learner::absorb_tile(first, query, key.bottomRows(6), value.bottomRows(6), {});
    CHECK_THAT(both.maximum, Equals(golden("tile/both/maximum")));
    CHECK_THAT(both.sum, Equals(golden("tile/both/sum")));
    CHECK_THAT(both.output, Equals(golden("tile/both/output")));
}

QKV_TEST("a query that sees nothing of a tile keeps what it has, be it nothing",
         "看不到这一块的查询，手里的东西原样不变，什么都没有也一样", "[tile]") {
    Mask visible = Mask::Constant(2, 3, true);
    visible.row(0).setConstant(false);
    const Matrix key = example_key.topRows(3), value = example_value.topRows(3);
    const Running again = learner::absorb_tile(example_first, example_query, key, value, visible);
    CHECK(again.maximum(0) == 3);
    CHECK_THAT(again.sum.leftCols(1), Equals(example_first.sum.leftCols(1)));
    CHECK_THAT(again.output.topRows(1), Equals(example_first.output.topRows(1)));
    const Running fresh = learner::absorb_tile(before_any_key(2, 2), example_query, key, value, visible);
    CHECK_THAT(fresh.maximum, Equals(Matrix{{-infinity, 4}}));
    CHECK_THAT(fresh.sum, Equals(Matrix{{0, Scalar(1.1536509221253464)}}));
    CHECK_THAT(fresh.output.topRows(1), Equals(filled(1, 2, 0)));
}

QKV_TEST("without a mask everything is seen", "没有掩码就全部可见", "[tile]") {
    const Running without = learner::absorb_tile(example_first, example_query, example_key, example_value, {});
    const Running all_true =
        learner::absorb_tile(example_first, example_query, example_key, example_value, Mask::Constant(2, 4, true));
    CHECK_THAT(without.output, SameAs(all_true.output));
    CHECK_THAT(without.sum, SameAs(all_true.sum));
}

QKV_TEST("a tile that lies far above replaces what was carried, one that lies far below adds nothing",
         "远高于以往的一块取代手里的全部，远低于以往的一块什么也不添", "[tile]") {
    const Matrix query{{200}}, key{{50}, {50}}, value{{3, 1}, {5, 2}};
    const Running carried{RowVector{{-10000}}, RowVector{{2}}, Matrix{{7, 8}}};
    const Running above = learner::absorb_tile(carried, query, key, value, {});
    CHECK_THAT(above.maximum, Equals(filled(1, 1, 10000)));
    CHECK_THAT(above.sum, Equals(filled(1, 1, 2)));
    CHECK_THAT(above.output, Equals(Matrix{{8, 3}}));
    const Running high{RowVector{{30000}}, RowVector{{2}}, Matrix{{7, 8}}};
    const Running below = learner::absorb_tile(high, query, key, value, {});
    CHECK_THAT(below.maximum, Equals(filled(1, 1, 30000)));
    CHECK_THAT(below.sum, Equals(filled(1, 1, 2)));
    CHECK_THAT(below.output, Equals(Matrix{{7, 8}}));
}

QKV_TEST("a tile as high as what was carried adds to it, however low both lie",
         "与手里的一样高的一块累加进来，两者再低也一样", "[tile]") {
    const Matrix query{{200}}, key{{50}, {50}}, value{{3, 1}, {5, 2}};
    const Running carried{RowVector{{10000}}, RowVector{{2}}, Matrix{{7, 8}}};
    const Running both = learner::absorb_tile(carried, query, key, value, {});
    CHECK_THAT(both.sum, Equals(filled(1, 1, 4)));
    CHECK_THAT(both.output, Equals(Matrix{{15, 11}}));
    const Running low{filled(1, 1, lowest_score), RowVector{{2}}, Matrix{{7, 8}}};
    const Running of_one =
        learner::absorb_tile(low, filled(1, 1, far_query), filled(2, 1, far_key), value, Mask{{false, true}});
    CHECK_THAT(of_one.maximum, Equals(filled(1, 1, lowest_score)));
    CHECK_THAT(of_one.sum, Equals(filled(1, 1, 3)));
    CHECK_THAT(of_one.output, Equals(Matrix{{12, 10}}));
    const Forward end = learner::finish(low);
    CHECK_THAT(end.output, Equals(Matrix{{3.5, 4}}));
    CHECK_THAT(end.log_sum_exp, Equals(filled(1, 1, lowest_score)));
}

QKV_TEST("at the end comes the one division, and the log-sum-exp", "最后才做那一次除法，并得到 log-sum-exp", "[tile]") {
    const Forward end =
        learner::finish({golden("tile/both/maximum"), golden("tile/both/sum"), golden("tile/both/output")});
    CHECK_THAT(end.output, Equals(golden("tile/output")));
    CHECK_THAT(end.log_sum_exp, Equals(golden("tile/log_sum_exp")));
    const Forward high = learner::finish({RowVector{{10000}}, RowVector{{0.5}}, Matrix{{1, 2, 3}}});
    CHECK_THAT(high.output, Equals(Matrix{{2, 4, 6}}));
    CHECK_THAT(high.log_sum_exp, Equals(filled(1, 1, 10000 - std::log(Scalar{2}))));
}

QKV_TEST("a query that has seen nothing ends with zeros and -infinity", "什么也没看到的查询，最后得到零和负无穷",
         "[tile]") {
    const Forward end = learner::finish(before_any_key(2, 3));
    CHECK_THAT(end.output, Equals(filled(2, 3, 0)));
    CHECK_THAT(end.log_sum_exp, Equals(filled(1, 2, -infinity)));
}

QKV_TEST("without queries a tile changes nothing", "没有查询时，分块什么也不改变", "[tile]") {
    const Running none = learner::absorb_tile(before_any_key(0, 2), Matrix(0, 4), example_key, example_value, {});
    CHECK_THAT(none.output, Equals(Matrix(0, 2)));
    CHECK_THAT(learner::finish(before_any_key(0, 2)).output, Equals(Matrix(0, 2)));
}

QKV_TEST("a tile that does not fit is an error", "形状不符的分块是错误", "[tile]") {
    const Running running = before_any_key(3, 2);
    const Matrix query = golden("tile/query"), key = golden("tile/key").topRows(5),
                 value = golden("tile/value").topRows(5);
    check_refused(learner::absorb_tile, Misfits("running, query, key, value, visible", running, query, key, value,
                                                golden_mask("tile/visible")));
    check_refused(learner::finish, Misfits("running", running).except({"running.output.columns"}));
}

// ------------------------------------------------------------------------------------------- tiles

QKV_TEST("the tiles of the statement's example are cut", "题目算例的分块划分正确", "[tiles]") {
    CHECK_THAT(as_rows(learner::tiles(5, 7, {2, 3, true})), Equals(Matrix{{0, 2, 0, 3, 0},
                                                                          {0, 2, 3, 6, 1},
                                                                          {2, 4, 0, 3, 0},
                                                                          {2, 4, 3, 6, 1},
                                                                          {4, 5, 0, 3, 0},
                                                                          {4, 5, 3, 6, 0},
                                                                          {4, 5, 6, 7, 0}}));
}

QKV_TEST("where nothing is hidden, the tiles cover the whole, row of tiles by row of tiles",
         "没有隐藏时，分块一行接一行铺满整个矩阵", "[tiles]") {
    CHECK_THAT(as_rows(learner::tiles(5, 3, {3, 2, false})),
               Equals(Matrix{{0, 3, 0, 2, 0}, {0, 3, 2, 3, 0}, {3, 5, 0, 2, 0}, {3, 5, 2, 3, 0}}));
    CHECK_THAT(as_rows(learner::tiles(4, 6, {2, 3, false})),
               Equals(Matrix{{0, 2, 0, 3, 0}, {0, 2, 3, 6, 0}, {2, 4, 0, 3, 0}, {2, 4, 3, 6, 0}}));
}

QKV_TEST("a block larger than all there is makes one tile", "块比整个矩阵还大，就只有一块", "[tiles]") {
    CHECK_THAT(as_rows(learner::tiles(3, 5, {100, 70, false})), Equals(Matrix{{0, 3, 0, 5, 0}}));
    CHECK_THAT(as_rows(learner::tiles(3, 5, {3, 5, true})), Equals(Matrix{{0, 3, 0, 5, 1}}));
    CHECK_THAT(as_rows(learner::tiles(1, 5, {4, 9, true})), Equals(Matrix{{0, 1, 0, 5, 0}}));
}

QKV_TEST("every pair that is seen lies in one tile, and every tile holds one; partly hidden are those that hold others",
         "每个可见的对恰好在一块之中，每一块都含有可见的对；含有不可见的对的块就是部分隐藏的", "[tiles]") {
    const Index n_queries = 9, n_keys = 12;
    for (const Index query_block : {1, 2, 4, 5}) {
        for (const Index key_block : {1, 3, 5, 7}) {
            Matrix seen = Matrix::Zero(n_queries, n_keys), due = seen;
            for (Index i = 0; i < n_queries; ++i) due.row(i).head(i + 1 + n_keys - n_queries).setOnes();
            for (const Tile& tile : learner::tiles(n_queries, n_keys, {query_block, key_block, true})) {
                REQUIRE((0 <= tile.query_begin && tile.query_begin < tile.query_end && tile.query_end <= n_queries));
                REQUIRE((0 <= tile.key_begin && tile.key_begin < tile.key_end && tile.key_end <= n_keys));
                const Index rows = tile.query_end - tile.query_begin, columns = tile.key_end - tile.key_begin;
                const Matrix inside = due.block(tile.query_begin, tile.key_begin, rows, columns);
                CHECK(inside.sum() > 0);
                CHECK(tile.partly_hidden == (inside.array() == 0).any());
                seen.block(tile.query_begin, tile.key_begin, rows, columns) += inside;
            }
            CHECK_THAT(seen, Equals(due));
        }
    }
}

QKV_TEST("of a hundred tiles, 45 lie wholly above the diagonal and are left out",
         "一百块之中，整块在对角线上方的 45 块不用算", "[tiles]") {
    CHECK_THAT(filled(1, 1, static_cast<Scalar>(learner::tiles(640, 640, {64, 64, true}).size())),
               Equals(filled(1, 1, 55)));
    CHECK_THAT(filled(1, 1, static_cast<Scalar>(learner::tiles(640, 640, {64, 64, false}).size())),
               Equals(filled(1, 1, 100)));
}

QKV_TEST("without queries there are no tiles", "没有查询就没有分块", "[tiles]") {
    CHECK_THAT(as_rows(learner::tiles(0, 5, {2, 3, false})), Equals(Matrix(0, 5)));
    CHECK_THAT(as_rows(learner::tiles(0, 5, {2, 3, true})), Equals(Matrix(0, 5)));
    CHECK_THAT(as_rows(learner::tiles(1, 1, {2, 3, true})), Equals(Matrix{{0, 1, 0, 1, 0}}));
}

QKV_TEST("empty blocks, no keys, and a future longer than the past are errors",
         "块为空、没有键，以及因果时查询比键多，都是错误", "[tiles]") {
    for (const Index block : {0, -2}) {
        CHECK_THROWS_AS(learner::tiles(4, 6, {block, 3, false}), std::invalid_argument);
        CHECK_THROWS_AS(learner::tiles(4, 6, {2, block, true}), std::invalid_argument);
        CHECK_THROWS_AS(learner::tiles(0, 6, {2, block, false}), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::tiles(-1, 6, {2, 3, false}), std::invalid_argument);
    CHECK_THROWS_AS(learner::tiles(4, 0, {2, 3, false}), std::invalid_argument);
    CHECK_THROWS_AS(learner::tiles(0, 0, {2, 3, true}), std::invalid_argument);
    CHECK_THROWS_AS(learner::tiles(5, 4, {2, 3, true}), std::invalid_argument);
}

// ----------------------------------------------------------------------------------------- forward

QKV_TEST("the statement's example comes out, with the future seen and hidden", "题目算例的结果正确，未来可见与隐藏都对",
         "[forward]") {
    const Forward plain = learner::forward(example_query, example_key, example_value, {1, 2, false});
    CHECK_THAT(plain.output, Equals(example_plain.output));
    CHECK_THAT(plain.log_sum_exp, Equals(example_plain.log_sum_exp));
    const Forward causal = learner::forward(example_query, example_key, example_value, {2, 3, true});
    CHECK_THAT(causal.output, Equals(example_causal.output));
    CHECK_THAT(causal.log_sum_exp, Equals(example_causal.log_sum_exp));
}

QKV_TEST("whatever the tiles, it is plain attention", "无论怎样分块，结果都是普通的注意力", "[forward]") {
    for (const Index query_block : {1, 3, 7, 10}) {
        for (const Index key_block : {1, 2, 4, 9}) {
            const Forward found =
                learner::forward(golden("query"), golden("key"), golden("value"), {query_block, key_block, false});
            CHECK_THAT(found.output, Equals(golden("plain/output")));
            CHECK_THAT(found.log_sum_exp, Equals(golden("plain/log_sum_exp")));
        }
    }
}

QKV_TEST("whatever the tiles, it is attention with the future hidden", "无论怎样分块，结果都是隐藏未来的注意力",
         "[forward]") {
    for (const Index query_block : {1, 3, 7, 10}) {
        for (const Index key_block : {1, 2, 4, 9}) {
            const Forward found =
                learner::forward(golden("query"), golden("key"), golden("value"), {query_block, key_block, true});
            CHECK_THAT(found.output, Equals(golden("causal/output")));
            CHECK_THAT(found.log_sum_exp, Equals(golden("causal/log_sum_exp")));
        }
    }
}

QKV_TEST("scores of 10000 are no larger than others", "打分上万也照样算", "[forward]") {
    const Matrix query = golden("high_query"), key = golden("high_key"), value = golden("value");
    const Forward high = learner::forward(query, key, value, {2, 4, false});
    CHECK_THAT(high.output, Equals(golden("high/output")).within(high_score_tolerance));
    CHECK_THAT(high.log_sum_exp, Equals(golden("high/log_sum_exp")).within(high_score_tolerance));
    const Forward causal = learner::forward(query, key, value, {3, 2, true});
    CHECK_THAT(causal.output, Equals(golden("high_causal/output")).within(high_score_tolerance));
    CHECK_THAT(causal.log_sum_exp, Equals(golden("high_causal/log_sum_exp")).within(high_score_tolerance));
    const Forward large = learner::forward(golden("large_query"), golden("key"), value, {2, 3, false});
    CHECK_THAT(large.output, Equals(golden("large/output")).within(high_score_tolerance));
    CHECK_THAT(large.log_sum_exp, Equals(golden("large/log_sum_exp")).within(high_score_tolerance));
}

QKV_TEST("equal keys give the mean of the values that are seen", "键都相同时，得到所见的值的平均", "[forward]") {
    const Matrix key = golden("key").topRows(1).replicate(5, 1), value{{2, 8}, {4, 6}, {-6, 1}, {8, 5}, {12, 0}};
    const Matrix means{{0, 5}, {2, 5}, {4, 4}};
    const Forward found = learner::forward(golden("query").topRows(3), key, value, {2, 2, true});
    CHECK_THAT(found.output, Equals(means));
    const Forward low = learner::forward(filled(3, 1, far_query), filled(5, 1, far_key), value, {2, 2, true});
    CHECK_THAT(low.output, Equals(means));
}

QKV_TEST("a tile that is left out is not looked at, be it NaN", "不用算的块根本不看，里面是 NaN 也不要紧",
         "[forward]") {
    Matrix key = golden("key"), value = golden("value");
    key.bottomRows(3).setConstant(NAN);  // the first queries see the keys 0 to 2, 0 to 3, 0 to 4
    value.bottomRows(3).setConstant(NAN);
    const Forward found = learner::forward(golden("query"), key, value, {3, 3, true});
    CHECK_THAT(found.output.topRows(3), Equals(golden("causal/output").topRows(3)));
    CHECK_THAT(found.log_sum_exp.leftCols(3), Equals(golden("causal/log_sum_exp").leftCols(3)));
}

QKV_TEST("2400 queries and 2400 keys fit into 6 MB, a matrix of 2400 x 2400 scores does not",
         "2400 个查询和 2400 个键放得进 6 MB，2400 x 2400 的打分矩阵放不进", "[forward]") {
    Matrix query(longest, 1), plain(longest, 1), causal(longest, 1);
    RowVector plain_lse(longest), causal_lse(longest);
    const auto means = [](Index power, Scalar n) {  // of 1 / (j + 1), j < n, with weights (j + 1) to that power
        return power == 1 ? 2 / (n + 1) : 3 / (2 * n + 1);
    };
    const auto log_sums = [](Index power, Scalar n) {
        return power == 1 ? std::log(n * (n + 1) / 2) : std::log(n * (n + 1) * (2 * n + 1) / 6);
    };
    for (Index i = 0; i < longest; ++i) {
        const Index power = 1 + i % 2;
        query(i, 0) = static_cast<Scalar>(power);
        plain(i, 0) = means(power, longest), causal(i, 0) = means(power, static_cast<Scalar>(i + 1));
        plain_lse(i) = log_sums(power, longest), causal_lse(i) = log_sums(power, static_cast<Scalar>(i + 1));
    }
    const Forward seen = learner::forward(query, log_of_positions(), one_over_positions(), {64, 50, false});
    CHECK_THAT(seen.output, Equals(plain));
    CHECK_THAT(seen.log_sum_exp, Equals(plain_lse));
    const Forward hidden = learner::forward(query, log_of_positions(), one_over_positions(), {50, 64, true});
    CHECK_THAT(hidden.output, Equals(causal));
    CHECK_THAT(hidden.log_sum_exp, Equals(causal_lse));
}

QKV_TEST("without queries there is no output", "没有查询就没有输出", "[forward]") {
    const Forward none = learner::forward(Matrix(0, 4), example_key, example_value, {2, 3, true});
    CHECK_THAT(none.output, Equals(Matrix(0, 2)));
    CHECK_THAT(none.log_sum_exp, Equals(Matrix(1, 0)));
}

QKV_TEST("shapes that do not fit, empty blocks, no keys, and more queries than keys with the future hidden are errors",
         "形状不符、块为空、没有键，以及因果时查询比键多，都是错误", "[forward]") {
    const Matrix query = golden("query"), key = golden("key"), value = golden("value");
    check_refused(learner::forward, Misfits("query, key, value, tiling", query, key, value, Tiling{2, 4, false})
                                        .except({"query.rows", "value.columns"}));
    CHECK_THROWS_AS(learner::forward(query, key, value, {0, 4, false}), std::invalid_argument);
    CHECK_THROWS_AS(learner::forward(query, key, value, {2, 0, true}), std::invalid_argument);
    CHECK_THROWS_AS(learner::forward(query, Matrix(0, 4), Matrix(0, 3), {2, 4, false}), std::invalid_argument);
    CHECK_THROWS_AS(learner::forward(query, key.topRows(6), value.topRows(6), {2, 4, true}), std::invalid_argument);
}

// ---------------------------------------------------------------------------------------- backward

QKV_TEST("the statement's gradients come out", "题目算例的梯度结果正确", "[backward]") {
    CHECK_THAT(learner::row_dots(example_causal.output, example_output_gradient),
               Equals(Matrix{{0.5794875152799758, 1.6285887375476136}}));
    const Gradients found = learner::backward(example_query, example_key, example_value, example_causal,
                                              example_output_gradient, {1, 2, true});
    CHECK_THAT(found.value, Equals(Matrix{{0.0900305731703804, 0.0240752854238789},
                                          {0.6652409557748217, 0.1778936345948086},
                                          {0.2447284710547976, 1.3144660456637112},
                                          {0, 0.4835650343176017}}));
    CHECK_THAT(found.query,
               Equals(Matrix{{-0.2116789042745362, 0.3097808684751384, 0.1738199242498915, 0.0189294900123223},
                             {1.6117163373835224, -0.5222925202950127, -0.5351811494641668, 1.047128633898426}}));
    CHECK_THAT(found.key, Equals(Matrix{{0.0378589800246446, -0.0196043693472867, 0, 0},
                                        {-0.3854988285244277, 0.0330358497035507, 0, 0},
                                        {0.347639848499783, -1.0703622989283337, 0, 0},
                                        {0, 1.0569308185720694, 0, 0}}));
}

QKV_TEST("each row is multiplied with its own", "每一行与对应的那一行相乘", "[backward]") {
    const Matrix output{{1, 2, 3}, {0.5, -1, 4}}, gradient{{4, 0, -1}, {2, 3, 0.25}};
    CHECK_THAT(learner::row_dots(output, gradient), Equals(Matrix{{1, -1}}));
    CHECK_THAT(learner::row_dots(Matrix(0, 3), Matrix(0, 3)), Equals(Matrix(1, 0)));
}

QKV_TEST("whatever the tiles, the gradients are autograd's", "无论怎样分块，梯度都与自动求导一致", "[backward]") {
    for (const Index query_block : {1, 3, 7, 10}) {
        for (const Index key_block : {1, 4, 9}) {
            const Gradients found =
                learner::backward(golden("query"), golden("key"), golden("value"), golden_forward("plain"),
                                  golden("output_gradient"), {query_block, key_block, false});
            CHECK_THAT(found.query, Equals(golden("plain/query_gradient")));
            CHECK_THAT(found.key, Equals(golden("plain/key_gradient")));
            CHECK_THAT(found.value, Equals(golden("plain/value_gradient")));
        }
    }
}

QKV_TEST("whatever the tiles, the gradients are autograd's with the future hidden",
         "隐藏未来时，无论怎样分块，梯度也与自动求导一致", "[backward]") {
    for (const Index query_block : {1, 3, 7, 10}) {
        for (const Index key_block : {1, 4, 9}) {
            const Gradients found =
                learner::backward(golden("query"), golden("key"), golden("value"), golden_forward("causal"),
                                  golden("output_gradient"), {query_block, key_block, true});
            CHECK_THAT(found.query, Equals(golden("causal/query_gradient")));
            CHECK_THAT(found.key, Equals(golden("causal/key_gradient")));
            CHECK_THAT(found.value, Equals(golden("causal/value_gradient")));
        }
    }
}

QKV_TEST("scores of 10000 have gradients like others", "打分上万，梯度也照样算", "[backward]") {
    for (const bool causal : {false, true}) {
        const std::string name = causal ? "high_causal" : "high";
        const Gradients found = learner::backward(golden("high_query"), golden("high_key"), golden("value"),
                                                  golden_forward(name), golden("output_gradient"), {2, 4, causal});
        CHECK_THAT(found.query, Equals(golden(name + "/query_gradient")).within(high_score_tolerance));
        CHECK_THAT(found.key, Equals(golden(name + "/key_gradient")).within(high_score_tolerance));
        CHECK_THAT(found.value, Equals(golden(name + "/value_gradient")).within(high_score_tolerance));
    }
}

QKV_TEST("the weights come from the log-sum-exp that is handed in: larger by log 2, it halves them",
         "权重由传入的 log-sum-exp 得到：它大 log 2，权重就减半", "[backward]") {
    Forward result = golden_forward("causal");
    result.log_sum_exp.array() += std::log(Scalar{2});
    const Gradients found = learner::backward(golden("query"), golden("key"), golden("value"), result,
                                              golden("output_gradient"), {3, 4, true});
    CHECK_THAT(found.value, Equals(golden("causal/value_gradient") / 2));
    CHECK_THAT(found.query, Equals(golden("causal/query_gradient") / 2));
    CHECK_THAT(found.key, Equals(golden("causal/key_gradient") / 2));
}

QKV_TEST("however small the log-sum-exp that is handed in is, weights are what comes out, and hidden keys have none",
         "传入的 log-sum-exp 再小，权重也照算，隐藏的键权重为 0", "[backward]") {
    Forward result = golden_forward("causal");
    result.log_sum_exp.array() -= std::log(Scalar{16});
    const Gradients found = learner::backward(golden("query"), golden("key"), golden("value"), result,
                                              golden("output_gradient"), {3, 4, true});
    CHECK_THAT(found.value, Equals(16 * golden("causal/value_gradient")));
    CHECK_THAT(found.query, Equals(16 * golden("causal/query_gradient")));
    const Forward low{Matrix::Zero(2, 1), RowVector::Constant(2, lowest_score)};  // each weight is 1
    const Gradients of_low = learner::backward(filled(2, 1, far_query), filled(2, 1, far_key), Matrix{{5}, {7}}, low,
                                               Matrix{{2}, {3}}, {2, 2, true});
    CHECK_THAT(of_low.value, Equals(Matrix{{5}, {3}}));
    CHECK_THAT(of_low.query, Equals(Matrix{{10 * far_key}, {36 * far_key}}));
    CHECK_THAT(of_low.key, Equals(Matrix{{25 * far_query}, {21 * far_query}}));
}

QKV_TEST("what is taken off comes from the output that is handed in: for zeros, nothing is",
         "减去的量由传入的输出得到：输出为零就什么也不减", "[backward]") {
    const Forward result{Matrix::Zero(2, 2), example_causal.log_sum_exp};
    const Gradients found =
        learner::backward(example_query, example_key, example_value, result, example_output_gradient, {2, 2, true});
    CHECK_THAT(found.key, Equals(Matrix{{0.0900305731703804, 0, 0, 0},
                                        {0, 0.1778936345948086, 0, 0},
                                        {0.4894569421095952, 0, 0, 0},
                                        {0, 1.450695102952805, 0, 0}}));
}

QKV_TEST("the same added to all values moves the output, but neither queries nor keys",
         "所有的值加上同一行数，输出随之移动，查询和键的梯度却不变", "[backward]") {
    const RowVector shift{{3, -2, 0.5}};
    Forward moved = golden_forward("plain");
    moved.output.rowwise() += shift;
    const Matrix value = golden("value").rowwise() + shift;
    const Gradients found =
        learner::backward(golden("query"), golden("key"), value, moved, golden("output_gradient"), {2, 2, false});
    CHECK_THAT(found.query, Equals(golden("plain/query_gradient")));
    CHECK_THAT(found.key, Equals(golden("plain/key_gradient")));
}

QKV_TEST("twice the output gradient is twice the gradients", "输出的梯度加倍，各个梯度也加倍", "[backward]") {
    const Matrix twice = 2 * golden("output_gradient");
    const Gradients found = learner::backward(golden("query"), golden("key"), golden("value"), golden_forward("causal"),
                                              twice, {4, 5, true});
    CHECK_THAT(found.query, Equals(2 * golden("causal/query_gradient")));
    CHECK_THAT(found.key, Equals(2 * golden("causal/key_gradient")));
    CHECK_THAT(found.value, Equals(2 * golden("causal/value_gradient")));
}

QKV_TEST("a tile that is left out is not looked at on the way back either", "反向时，不用算的块同样根本不看",
         "[backward]") {
    Matrix key = golden("key"), value = golden("value");
    key.bottomRows(3).setConstant(NAN);
    value.bottomRows(3).setConstant(NAN);
    const Gradients found = learner::backward(golden("query"), key, value, golden_forward("causal"),
                                              golden("output_gradient"), {3, 3, true});
    CHECK_THAT(found.query.topRows(3), Equals(golden("causal/query_gradient").topRows(3)));
    CHECK_THAT(found.key.topRows(6), Equals(golden("causal/key_gradient").topRows(6)));
    CHECK_THAT(found.value.topRows(6), Equals(golden("causal/value_gradient").topRows(6)));
}

QKV_TEST("the gradients of 2400 queries and 2400 keys fit into 6 MB, a matrix of 2400 x 2400 weights does not",
         "2400 个查询和 2400 个键的梯度放得进 6 MB，2400 x 2400 的权重矩阵放不进", "[backward]") {
    // All queries are 1: weight(i, j) = (j + 1) / sum(i), with sum(i) = (i + 1)(i + 2) / 2; the output is 2 / (i + 2).
    constexpr double unit = 0x1p-10;  // the output gradient is unit * sum(i)
    Forward result{Matrix(longest, 1), RowVector(longest)};
    Matrix output_gradient(longest, 1), of_query(longest, 1), of_key(longest, 1), of_value(longest, 1);
    double logs = 0, weighted_logs = 0, to_come = 0;  // sums of log n and n log n so far, of 1 / (n + 1) from here on
    for (Index n = 1; n <= longest + 1; ++n) to_come += 1 / static_cast<double>(n);
    for (Index i = 0; i < longest; ++i) {
        const auto n = static_cast<double>(i + 1), later = static_cast<double>(longest - i), sum = n * (n + 1) / 2;
        result.output(i, 0) = static_cast<Scalar>(2 / (n + 1));
        result.log_sum_exp(i) = static_cast<Scalar>(std::log(sum));
        output_gradient(i, 0) = static_cast<Scalar>(unit * sum);
        logs += std::log(n), weighted_logs += n * std::log(n), to_come -= 1 / n;
        of_query(i, 0) = static_cast<Scalar>(unit * (logs - 2 / (n + 1) * weighted_logs));
        of_key(i, 0) = static_cast<Scalar>(unit * (later - 2 * n * to_come));
        of_value(i, 0) = static_cast<Scalar>(unit * n * later);
    }
    const Gradients found = learner::backward(filled(longest, 1, 1), log_of_positions(), one_over_positions(), result,
                                              output_gradient, {64, 50, true});
    CHECK_THAT(found.query, Equals(of_query));
    CHECK_THAT(found.key, Equals(of_key));
    CHECK_THAT(found.value, Equals(of_value));
}

QKV_TEST("without queries all gradients are zero", "没有查询时，各个梯度都是零", "[backward]") {
    const Gradients found = learner::backward(Matrix(0, 4), example_key, example_value, {Matrix(0, 2), RowVector(0)},
                                              Matrix(0, 2), {2, 3, true});
    CHECK_THAT(found.query, Equals(Matrix(0, 4)));
    CHECK_THAT(found.key, Equals(filled(4, 4, 0)));
    CHECK_THAT(found.value, Equals(filled(4, 2, 0)));
}

QKV_TEST("gradients and outputs of other shapes, and what forward refuses, are errors",
         "梯度和输出的形状不符，以及前向拒绝的一切，都是错误", "[backward]") {
    const Matrix query = golden("query"), key = golden("key"), value = golden("value");
    const Matrix output_gradient = golden("output_gradient");
    const Forward result = golden_forward("plain");
    check_refused(learner::row_dots, Misfits("output, output_gradient", result.output, output_gradient));
    check_refused(learner::backward, Misfits("query, key, value, result, output_gradient, tiling", query, key, value,
                                             result, output_gradient, Tiling{2, 4, false}));
    CHECK_THROWS_AS(learner::backward(query, key, value, result, output_gradient, {0, 4, false}),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::backward(query, key, value, result, output_gradient, {2, -1, true}),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::backward(query, Matrix(0, 4), Matrix(0, 3), result, output_gradient, {2, 4, false}),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::backward(query, key.topRows(6), value.topRows(6), result, output_gradient, {2, 4, true}),
                    std::invalid_argument);
}
