// The grader of `positional_encoding`. A test's name states a law; its body sets the scene, calls your
// function and holds what comes back against the law. Golden values were computed by PyTorch.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;

namespace {

/// Of an angle near a million, float keeps one digit after the point.
constexpr double far_tolerance = in_double ? tolerance : 0.05;

/// The statement's table of four positions, and the encoding of position 1 in five columns.
const Matrix example_table{{0, 1, 0, 1},
                           {0.841470984807897, 0.540302305868140, 0.009999833334167, 0.999950000416665},
                           {0.909297426825682, -0.416146836547142, 0.019998666693333, 0.999800006666578},
                           {0.141120008059867, -0.989992496600445, 0.029995500202496, 0.999550033748988}};
const Matrix example_row{
    {0.841470984807897, 0.540302305868140, 0.025116222909774, 0.999684538022412, 0.000630957302619}};

/// One pair of columns, computed as double.
Matrix sine_and_cosine(double angle) {
    return Matrix{{static_cast<Scalar>(std::sin(angle)), static_cast<Scalar>(std::cos(angle))}};
}

}  // namespace

// ------------------------------------------------------------------------------------ one_position

QKV_TEST("position 1 in five columns comes out as in the statement", "五列时，位置 1 的编码与题目一致",
         "[one_position]") {
    CHECK_THAT(learner::encode_position(1, 5), Equals(example_row));
}

QKV_TEST("position 0 is encoded as 0, 1, 0, 1, ...", "位置 0 的编码是 0、1、0、1……", "[one_position]") {
    CHECK_THAT(learner::encode_position(0, 7), Equals(Matrix{{0, 1, 0, 1, 0, 1, 0}}));
}

QKV_TEST("the sine and the cosine of a pair lie on the unit circle", "每一对正弦和余弦都落在单位圆上",
         "[one_position]") {
    const RowVector encoding = learner::encode_position(3, 10);
    REQUIRE(encoding.cols() == 10);
    const Matrix pairs = Matrix::Map(encoding.data(), 5, 2);
    CHECK_THAT(pairs.rowwise().squaredNorm(), Equals(filled(5, 1, 1)));
}

QKV_TEST("with 8 columns, each pair turns ten times more slowly than the one before",
         "共 8 列时，后一对的转速是前一对的十分之一", "[one_position]") {
    const RowVector at_3 = learner::encode_position(3, 8), at_30 = learner::encode_position(30, 8);
    REQUIRE((at_3.cols() == 8 && at_30.cols() == 8));
    const RowVector last_pairs_of_30 = at_30.tail(6), first_pairs_of_3 = at_3.head(6);
    CHECK_THAT(last_pairs_of_30, SameAs(first_pairs_of_3));
}

QKV_TEST("twice as many columns put one new pair after each old one", "列数加倍，就在每一对之后插入新的一对",
         "[one_position]") {
    const RowVector narrow = learner::encode_position(13, 6), wide = learner::encode_position(13, 12);
    REQUIRE((narrow.cols() == 6 && wide.cols() == 12));
    for (Index i = 0; i < 3; ++i) {
        const RowVector pair_of_twelve = wide.segment(4 * i, 2), pair_of_six = narrow.segment(2 * i, 2);
        CHECK_THAT(pair_of_twelve, SameAs(pair_of_six));
    }
}

QKV_TEST("how alike two positions are depends only on their distance", "两个位置有多相似，只取决于它们的距离",
         "[one_position]") {
    const auto product = [](Index p, Index q) {
        return filled(1, 1, learner::encode_position(p, 10).dot(learner::encode_position(q, 10)));
    };
    const Matrix product_of_14_and_20 = product(14, 20), product_of_2_and_8 = product(2, 8);
    CHECK_THAT(product_of_14_and_20, SameAs(product_of_2_and_8));
}

QKV_TEST("position 11 in 6 columns has the values of the formula", "6 列时，位置 11 的编码与公式一致",
         "[one_position]") {
    CHECK_THAT(learner::encode_position(11, 6), Equals(golden("position/11_of_6")));
}

QKV_TEST("when d_model is odd, the last column is a sine without its cosine",
         "d_model 为奇数时，最后一列是没有配对余弦的正弦", "[one_position]") {
    CHECK_THAT(learner::encode_position(5, 7), Equals(golden("position/5_of_7")));
}

QKV_TEST("position one million is still exact", "第一百万个位置依然精确", "[one_position]") {
    CHECK_THAT(learner::encode_position(1'000'000, 10), Equals(golden("position/1000000_of_10")).within(far_tolerance));
}

QKV_TEST("an encoding may be 512 columns wide, as in the paper", "编码可以有 512 列，与论文相同", "[one_position]") {
    const RowVector encoding = learner::encode_position(4, 512);
    REQUIRE(encoding.cols() == 512);
    for (Index i = 0; i < 256; ++i) {
        const double angle = 4 / std::pow(10000., static_cast<double>(i) / 256);
        CHECK_THAT(encoding.segment(2 * i, 2), Equals(sine_and_cosine(angle)));
    }
}

QKV_TEST("a position is not negative and has at least one column", "位置不能为负，编码至少要有一列", "[one_position]") {
    for (const Index d_model : {1, 2, 6}) {
        CHECK_THROWS_AS(learner::encode_position(-1, d_model), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::encode_position(3, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_position(3, -4), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_position(0, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_position(-1'000'000, 1), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- sinusoidal

QKV_TEST("the table of the statement comes out", "题目里的表结果正确", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(4, 4), Equals(example_table));
}

QKV_TEST("a longer table begins with the shorter one", "较长的表以较短的表开头", "[sinusoidal]") {
    const Matrix shorter = learner::sinusoidal_encoding(5, 6), longer = learner::sinusoidal_encoding(9, 6);
    REQUIRE(longer.rows() == 9);
    const Matrix beginning_of_the_longer = longer.topRows(5);
    CHECK_THAT(beginning_of_the_longer, SameAs(shorter));
}

QKV_TEST("every row has squared length d_model / 2", "每一行长度的平方都是 d_model / 2", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(7, 10).rowwise().squaredNorm(), Equals(filled(7, 1, 5)));
}

QKV_TEST("the products of all rows repeat along the diagonals", "各行两两内积，沿对角线方向处处相等", "[sinusoidal]") {
    const Matrix table = learner::sinusoidal_encoding(11, 6);
    REQUIRE(table.rows() == 11);
    const Matrix products = table * table.transpose();  // positions x positions
    const Matrix of_rows_1_to_10 = products.bottomRightCorner(10, 10), of_rows_0_to_9 = products.topLeftCorner(10, 10);
    CHECK_THAT(of_rows_1_to_10, SameAs(of_rows_0_to_9));
}

QKV_TEST("row p is the encoding of position p, beginning with 0", "第 p 行是位置 p 的编码，从 0 开始", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(9, 6), Equals(golden("table/9x6")));
}

QKV_TEST("a table may be longer than usual ones", "表可以比常见的更长", "[sinusoidal]") {
    const Matrix table = learner::sinusoidal_encoding(10002, 2);
    REQUIRE((table.rows() == 10002 && table.cols() == 2));
    for (const Index p : {5000, 10001}) {
        const auto angle = static_cast<double>(p);
        CHECK_THAT(table.row(p), Equals(sine_and_cosine(angle)).within(far_tolerance));
    }
}

QKV_TEST("a table may have an odd number of columns", "表的列数可以是奇数", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(4, 7), Equals(golden("table/4x7")));
}

QKV_TEST("a table of no positions has no rows, but its columns", "没有位置的表一行也没有，列数不变", "[sinusoidal]") {
    const Matrix table = learner::sinusoidal_encoding(0, 6);
    CHECK((table.rows() == 0 && table.cols() == 6));
}

QKV_TEST("every call starts afresh, with the same shape or another", "每次调用都从头算起，无论形状是否相同",
         "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(12, 8), Equals(golden("table/12x8")));
    CHECK_THAT(learner::sinusoidal_encoding(9, 6), Equals(golden("table/9x6")));
    CHECK_THAT(learner::sinusoidal_encoding(9, 8), Equals(golden("table/12x8").topRows(9)));
}

QKV_TEST("a table has no negative number of rows and at least one column", "表的行数不能为负，列数至少为一",
         "[sinusoidal]") {
    CHECK_THROWS_AS(learner::sinusoidal_encoding(-1, 6), std::invalid_argument);
    CHECK_THROWS_AS(learner::sinusoidal_encoding(1, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::sinusoidal_encoding(3, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::sinusoidal_encoding(0, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::sinusoidal_encoding(0, -2), std::invalid_argument);
}

// ----------------------------------------------------------------------------------- add_positions

QKV_TEST("the statement's two tokens after two others come out", "题目里排在两个词元之后的两个词元，结果正确",
         "[add_positions]") {
    const Matrix embeddings{{0.5, -1, 0, 2}, {1, 0, -1, 0.5}};
    CHECK_THAT(learner::add_positions(embeddings, 2), Equals(embeddings + example_table.bottomRows(2)));
}

QKV_TEST("embeddings of zeros become the encodings themselves", "全零的嵌入变成位置编码本身", "[add_positions]") {
    CHECK_THAT(learner::add_positions(Matrix::Zero(9, 6), 0), Equals(golden("table/9x6")));
}

QKV_TEST("row i stands at position offset + i", "第 i 行位于位置 offset + i", "[add_positions]") {
    CHECK_THAT(learner::add_positions(Matrix::Zero(5, 8), 4), Equals(golden("table/12x8").middleRows(4, 5)));
}

QKV_TEST("what is added does not depend on the embeddings", "加上去的内容与嵌入无关", "[add_positions]") {
    const Matrix tokens = golden("added/tokens");
    const Matrix sum = learner::add_positions(tokens, 2);
    REQUIRE((sum.rows() == 5 && sum.cols() == 7));
    const Matrix added_to_tokens = sum - tokens, added_to_zeros = learner::add_positions(Matrix::Zero(5, 7), 2);
    CHECK_THAT(added_to_tokens, SameAs(added_to_zeros));
}

QKV_TEST("a token fed on its own gets the position it has in the sequence", "单独送入的词元，得到它在整个序列中的位置",
         "[add_positions]") {
    const Matrix tokens = golden("added/tokens"), whole = learner::add_positions(tokens, 0);
    REQUIRE(whole.rows() == 5);
    for (Index i = 0; i < 5; ++i) {
        const Matrix on_its_own = learner::add_positions(tokens.row(i), i), in_the_sequence = whole.row(i);
        CHECK_THAT(on_its_own, SameAs(in_the_sequence));
    }
}

QKV_TEST("five tokens after thirty others get positions 30 to 34", "三十个词元之后的五个词元，位置是 30 到 34",
         "[add_positions]") {
    CHECK_THAT(learner::add_positions(golden("added/tokens"), 30), Equals(golden("added/from_30")));
}

QKV_TEST("positions go on where usual tables end", "常见的表到头的地方，位置仍然继续", "[add_positions]") {
    for (const Index end : {512, 1000, 1024, 2048, 4096, 5000, 8192, 10000, 65536}) {
        const Matrix sum = learner::add_positions(Matrix::Zero(3, 2), end - 1);  // the first token is within
        Matrix expected(3, 2);
        for (Index i = 0; i < 3; ++i) {
            const auto angle = static_cast<double>(end - 1 + i);
            expected.row(i) = sine_and_cosine(angle);
        }
        CHECK_THAT(sum, Equals(expected).within(far_tolerance));
    }
}

QKV_TEST("embeddings may be large", "嵌入的数可以很大", "[add_positions]") {
    CHECK_THAT(learner::add_positions(Matrix{{1000, -2000}}, 0), Equals(Matrix{{1000, -1999}}));
}

QKV_TEST("as many tokens as columns: the encodings are still rows", "词元数等于列数时，编码仍然按行加",
         "[add_positions]") {
    CHECK_THAT(learner::add_positions(Matrix::Zero(4, 4), 0), Equals(example_table));
}

QKV_TEST("no tokens stay no tokens, wherever they would stand", "没有词元，加上位置后仍然没有词元", "[add_positions]") {
    CHECK_THAT(learner::add_positions(Matrix(0, 6), 0), Equals(Matrix(0, 6)));
    CHECK_THAT(learner::add_positions(Matrix(0, 5), 30), Equals(Matrix(0, 5)));
}

QKV_TEST("there is no position before 0", "位置 0 之前没有位置", "[add_positions]") {
    CHECK_THROWS_AS(learner::add_positions(golden("added/tokens"), -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_positions(golden("added/tokens"), -30), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_positions(Matrix(0, 7), -1), std::invalid_argument);
}

// ------------------------------------------------------------------------------- learned_positions

QKV_TEST("the statement's tokens get rows 1 and 2 of its learned table", "题目里的词元得到所学位置表的第 1、2 行",
         "[learned_positions]") {
    const Matrix embeddings{{0.5, -1}, {1, 0}}, table{{0, 0.25}, {2, -1}, {-0.5, 3}, {7, 7}};
    CHECK_THAT(learner::add_learned_positions(embeddings, table, 1), Equals(Matrix{{2.5, -2}, {0.5, 3}}));
}

QKV_TEST("embeddings of zeros become rows of the learned table", "全零的嵌入变成所学位置表中的行",
         "[learned_positions]") {
    const Matrix table = golden("learned/table");
    CHECK_THAT(learner::add_learned_positions(Matrix::Zero(4, 5), table, 0), Equals(table.topRows(4)));
    CHECK_THAT(learner::add_learned_positions(Matrix::Zero(3, 5), table, 2), Equals(table.middleRows(2, 3)));
}

QKV_TEST("a table of zeros leaves the embeddings as they are", "全零的位置表不改变嵌入", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens");
    CHECK_THAT(learner::add_learned_positions(tokens, Matrix::Zero(7, 5), 2), Equals(tokens));
}

QKV_TEST("three tokens from position 4 on get rows 4 to 6", "从位置 4 开始的三个词元，取第 4 到第 6 行",
         "[learned_positions]") {
    CHECK_THAT(learner::add_learned_positions(golden("learned/tokens"), golden("learned/table"), 4),
               Equals(golden("learned/from_4")));
}

QKV_TEST("the last row of the table can be used", "位置表的最后一行可以用到", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");
    CHECK_THAT(learner::add_learned_positions(tokens, table, 5), Equals(tokens + table.bottomRows(3)));
}

QKV_TEST("no tokens need no positions", "没有词元，就不需要位置", "[learned_positions]") {
    for (const Index offset : {0, 3, 8}) {
        CHECK_THAT(learner::add_learned_positions(Matrix(0, 5), golden("learned/table"), offset), Equals(Matrix(0, 5)));
    }
    CHECK_THAT(learner::add_learned_positions(Matrix(0, 5), Matrix(0, 5), 0), Equals(Matrix(0, 5)));
}

QKV_TEST("neither a square table nor as many tokens as columns are turned", "方阵的位置表或嵌入都不会被转置",
         "[learned_positions]") {
    const Matrix table{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    CHECK_THAT(learner::add_learned_positions(Matrix::Zero(2, 3), table, 1), Equals(table.bottomRows(2)));
    CHECK_THAT(learner::add_learned_positions(table, Matrix::Zero(5, 3), 1), Equals(table));
}

QKV_TEST("a learned table may be long", "所学的位置表可以很长", "[learned_positions]") {
    const Matrix numbers =
        Matrix::NullaryExpr(5003, 2, [](Index p, Index j) { return static_cast<Scalar>(2 * p + j); });
    CHECK_THAT(learner::add_learned_positions(Matrix::Zero(2, 2), numbers, 5001),
               Equals(Matrix{{10002, 10003}, {10004, 10005}}));
}

QKV_TEST("past the end of the table there is nothing to add", "超出位置表的末尾就没有可加的行", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");  // 3 tokens, 8 positions
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 6), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 7), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 8), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens.topRows(1), table, 8), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table.topRows(1), 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix::Zero(9, 5), table, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix(0, 5), table, 9), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix::Zero(1, 5), Matrix(0, 5), 0), std::invalid_argument);
}

QKV_TEST("even the largest number there is does not stand in the table", "最大的整数也不是表中的位置",
         "[learned_positions]") {
    const Index largest = std::numeric_limits<Index>::max();  // where offset + n_tokens is no number any more
    const auto sum =
        unless_refused(learner::add_learned_positions, golden("learned/tokens"), golden("learned/table"), largest);
    CHECK_FALSE(sum.has_value());
    CHECK_THROWS_AS(learner::add_learned_positions(golden("learned/tokens"), golden("learned/table"), Index{1} << 32),
                    std::invalid_argument);
}

QKV_TEST("the learned table has no position before 0", "所学的位置表在位置 0 之前没有行", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, -5), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix(0, 5), table, -1), std::invalid_argument);
}

QKV_TEST("embeddings and table must have the same width", "嵌入与位置表的列数必须相同", "[learned_positions]") {
    const Misfits misfits("embeddings, table", golden("learned/tokens"), golden("learned/table"));
    const auto from_2 = [](const Matrix& embeddings, const Matrix& table) {
        return learner::add_learned_positions(embeddings, table, 2);
    };
    check_refused(from_2, misfits.except({"embeddings.rows", "table.rows"}));
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix(0, 4), golden("learned/table"), 0), std::invalid_argument);
}

// ------------------------------------------------------------------------------------ shift_matrix

QKV_TEST("the statement's shift by one comes out", "题目里平移 1 位的矩阵结果正确", "[shift_matrix]") {
    const Scalar c{0.540302305868140}, s{0.841470984807897}, slow_c{0.999950000416665}, slow_s{0.009999833334167};
    CHECK_THAT(learner::shift_matrix(4, 1),
               Equals(Matrix{{c, -s, 0, 0}, {s, c, 0, 0}, {0, 0, slow_c, -slow_s}, {0, 0, slow_s, slow_c}}));
}

QKV_TEST("one matrix moves every position on by k", "同一个矩阵把每个位置都后移 k 位", "[shift_matrix]") {
    const Matrix encodings = golden("table/12x8"), shift = learner::shift_matrix(8, 3);
    REQUIRE((shift.rows() == 8 && shift.cols() == 8));
    CHECK_THAT(encodings.topRows(9) * shift, Equals(encodings.bottomRows(9)));
}

QKV_TEST("a negative k moves every position back", "k 为负时，每个位置都前移", "[shift_matrix]") {
    const Matrix encodings = golden("table/12x8"), shift = learner::shift_matrix(8, -5);
    REQUIRE((shift.rows() == 8 && shift.cols() == 8));
    CHECK_THAT(encodings.bottomRows(7) * shift, Equals(encodings.topRows(7)));
}

QKV_TEST("a shift by 0 changes nothing", "平移 0 位什么也不改变", "[shift_matrix]") {
    CHECK_THAT(learner::shift_matrix(6, 0), Equals(Matrix::Identity(6, 6)));
}

QKV_TEST("two shifts one after the other are one shift", "先后两次平移等于一次平移", "[shift_matrix]") {
    const Matrix by_9 = learner::shift_matrix(10, 9), back_by_5 = learner::shift_matrix(10, -5);
    REQUIRE((by_9.cols() == 10 && back_by_5.rows() == 10));
    const Matrix one_after_the_other = by_9 * back_by_5, by_4 = learner::shift_matrix(10, 4);
    CHECK_THAT(one_after_the_other, SameAs(by_4));
}

QKV_TEST("a shift turns each pair and stretches nothing", "平移只旋转每一对列，不改变长度", "[shift_matrix]") {
    const Matrix shift = learner::shift_matrix(6, 7);
    CHECK_THAT(shift * shift.transpose(), Equals(Matrix::Identity(6, 6)));
}

QKV_TEST("the shift matrices by 3 and by -11 have the right entries", "平移 3 位和 -11 位的矩阵逐元素正确",
         "[shift_matrix]") {
    CHECK_THAT(learner::shift_matrix(8, 3), Equals(golden("shift/8_by_3")));
    CHECK_THAT(learner::shift_matrix(6, -11), Equals(golden("shift/6_by_minus_11")));
}

QKV_TEST("a shift may be as long as a book, either way", "平移可以有一本书那么长，向前向后都行", "[shift_matrix]") {
    for (const Index k : {1, 70'001, 1'000'003}) {
        const auto a = static_cast<double>(k);
        const auto c = static_cast<Scalar>(std::cos(a)), s = static_cast<Scalar>(std::sin(a));
        const Matrix forwards{{c, -s}, {s, c}};
        CHECK_THAT(learner::shift_matrix(2, k), Equals(forwards).within(far_tolerance));
        CHECK_THAT(learner::shift_matrix(2, -k), Equals(forwards.transpose()).within(far_tolerance));
    }
}

QKV_TEST("only pairs can be turned: d_model is even and at least 2", "只有成对的列才能旋转：d_model 是不小于 2 的偶数",
         "[shift_matrix]") {
    CHECK_THROWS_AS(learner::shift_matrix(7, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(0, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(-2, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(1, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(0, 0), std::invalid_argument);
}
