// The grader of `positional_encoding`. A test's name states a law; its body sets the scene, calls your
// function and holds what comes back against the law. Golden values were computed by PyTorch.
#include "testing/tests.hpp"
#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;

namespace {

/// Of an angle near a million, float keeps one digit after the point.
constexpr double far_tolerance = sizeof(Scalar) == sizeof(float) ? 0.05 : tolerance;

}  // namespace

// ------------------------------------------------------------------------------------ one_position

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
    CHECK_THAT(at_30.tail(6), Equals(at_3.head(6)));
}

QKV_TEST("twice as many columns put one new pair after each old one", "列数加倍，就在每一对之后插入新的一对",
         "[one_position]") {
    const RowVector narrow = learner::encode_position(13, 6), wide = learner::encode_position(13, 12);
    REQUIRE((narrow.cols() == 6 && wide.cols() == 12));
    for (Index i = 0; i < 3; ++i) CHECK_THAT(wide.segment(4 * i, 2), Equals(narrow.segment(2 * i, 2)));
}

QKV_TEST("how alike two positions are depends only on their distance", "两个位置有多相似，只取决于它们的距离",
         "[one_position]") {
    const auto product = [](Index p, Index q) {
        return filled(1, 1, learner::encode_position(p, 10).dot(learner::encode_position(q, 10)));
    };
    CHECK_THAT(product(14, 20), Equals(product(2, 8)));
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

QKV_TEST("a position is not negative and has at least one column", "位置不能为负，编码至少要有一列", "[one_position]") {
    CHECK_THROWS_AS(learner::encode_position(-1, 6), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_position(3, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_position(3, -4), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- sinusoidal

QKV_TEST("a longer table begins with the shorter one", "较长的表以较短的表开头", "[sinusoidal]") {
    const Matrix shorter = learner::sinusoidal_encoding(5, 6), longer = learner::sinusoidal_encoding(9, 6);
    REQUIRE(longer.rows() == 9);
    CHECK_THAT(longer.topRows(5), Equals(shorter));
}

QKV_TEST("every row has squared length d_model / 2", "每一行长度的平方都是 d_model / 2", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(7, 10).rowwise().squaredNorm(), Equals(filled(7, 1, 5)));
}

QKV_TEST("the products of all rows repeat along the diagonals", "各行两两内积，沿对角线方向处处相等", "[sinusoidal]") {
    const Matrix table = learner::sinusoidal_encoding(11, 6);
    REQUIRE(table.rows() == 11);
    const Matrix products = table * table.transpose();  // positions x positions
    CHECK_THAT(products.bottomRightCorner(10, 10), Equals(products.topLeftCorner(10, 10)));
}

QKV_TEST("row p is the encoding of position p, beginning with 0", "第 p 行是位置 p 的编码，从 0 开始", "[sinusoidal]") {
    CHECK_THAT(learner::sinusoidal_encoding(9, 6), Equals(golden("table/9x6")));
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
    CHECK_THROWS_AS(learner::sinusoidal_encoding(3, 0), std::invalid_argument);
}

// ----------------------------------------------------------------------------------- add_positions

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
    CHECK_THAT(sum - tokens, Equals(learner::add_positions(Matrix::Zero(5, 7), 2)));
}

QKV_TEST("a token fed on its own gets the position it has in the sequence", "单独送入的词元，得到它在整个序列中的位置",
         "[add_positions]") {
    const Matrix tokens = golden("added/tokens"), whole = learner::add_positions(tokens, 0);
    REQUIRE(whole.rows() == 5);
    for (Index i = 0; i < 5; ++i) CHECK_THAT(learner::add_positions(tokens.row(i), i), Equals(whole.row(i)));
}

QKV_TEST("five tokens after thirty others get positions 30 to 34", "三十个词元之后的五个词元，位置是 30 到 34",
         "[add_positions]") {
    CHECK_THAT(learner::add_positions(golden("added/tokens"), 30), Equals(golden("added/from_30")));
}

QKV_TEST("there is no position before 0", "位置 0 之前没有位置", "[add_positions]") {
    CHECK_THROWS_AS(learner::add_positions(golden("added/tokens"), -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_positions(golden("added/tokens"), -30), std::invalid_argument);
}

// ------------------------------------------------------------------------------- learned_positions

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
    const Matrix nothing = learner::add_learned_positions(Matrix(0, 5), golden("learned/table"), 3);
    CHECK((nothing.rows() == 0 && nothing.cols() == 5));
}

QKV_TEST("past the end of the table there is nothing to add", "超出位置表的末尾就没有可加的行", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");  // 3 tokens, 8 positions
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 6), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 7), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, 8), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(Matrix::Zero(9, 5), table, 0), std::invalid_argument);
}

QKV_TEST("the learned table has no position before 0", "所学的位置表在位置 0 之前没有行", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table, -5), std::invalid_argument);
}

QKV_TEST("embeddings and table must have the same width", "嵌入与位置表的列数必须相同", "[learned_positions]") {
    const Matrix tokens = golden("learned/tokens"), table = golden("learned/table");  // 5 columns
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, table.leftCols(4), 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, Matrix::Zero(8, 6), 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::add_learned_positions(tokens, Matrix::Zero(8, 1), 2), std::invalid_argument);
}

// ------------------------------------------------------------------------------------ shift_matrix

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
    CHECK_THAT(by_9 * back_by_5, Equals(learner::shift_matrix(10, 4)));
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

QKV_TEST("only pairs can be turned: d_model is even and at least 2", "只有成对的列才能旋转：d_model 是不小于 2 的偶数",
         "[shift_matrix]") {
    CHECK_THROWS_AS(learner::shift_matrix(7, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(0, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_matrix(-2, 3), std::invalid_argument);
}
