// What positions look like: ./grade show positional_encoding.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace positional_encoding;
using namespace qkv::testing;
using Words = std::vector<std::string>;

/// The weights of attention, if these rows are queries and keys as they are.
Matrix attention_among(const Matrix& tokens) {
    const Matrix scores = tokens * tokens.transpose() / std::sqrt(static_cast<Scalar>(tokens.cols()));
    Matrix attention = (scores.array().colwise() - scores.rowwise().maxCoeff().array()).exp();
    for (auto row : attention.rowwise()) row /= row.sum();
    return attention;
}

}  // namespace

QKV_SCENE("Which hand of the clock tells near positions apart, which far ones?", "近处靠哪根指针分辨，远处又靠哪根？",
          "[one_position]") {
    const std::vector<Index> positions{0, 1, 10, 100, 1000};
    const Words pairs{"sin 0", "cos 0", "sin 1", "cos 1", "sin 2", "cos 2", "sin 3", "cos 3"};
    Matrix encodings(5, 8);
    Words names;
    for (const Index position : positions) {
        const Matrix encoding = learner::encode_position(position, 8);
        REQUIRE_THAT(encoding, Pictured(1, 8));
        encodings.row(static_cast<Index>(names.size())) = encoding;
        names.push_back(std::to_string(position));
    }
    say(
        {"Go down the staircase of 0.84 and 0.54: at position 1, 10, 100, 1000 another hand has just turned by one "
         "radian. The hands left of it have gone round and round, those right of it have hardly moved.",
         "顺着 0.84、0.54 这级台阶往下看：到了位置 1、10、100、1000，依次轮到下一根指针刚好转过 1 "
         "弧度。它左边的指针早已转了许多圈，右边的几乎还没有动。"});
    show({"positions 0 to 1000, d_model = 8: four hands, each ten times slower than the one before",
          "位置 0 到 1000，d_model = 8：四根指针，每一根都比前一根慢十倍"},
         encodings, names, pairs, Look::values);
}

QKV_SCENE("What does the whole table look like?", "整张编码表是什么样子？", "[sinusoidal]") {
    say(
        {"Each row is a position, each pair of columns a hand. The columns on the left flicker from row to row, those "
         "on the right are nearly the same all the way down: short waves and long ones, and no two rows alike.",
         "一行是一个位置，一对列是一根指针。左边的列逐行闪动，右边的列从上到下几乎不变：波有短有长，而且没有哪两行相同"
         "。"});
    show({"positions 0 to 47, d_model = 32", "位置 0 到 47，d_model = 32"}, learner::sinusoidal_encoding(48, 32), 48,
         32, Look::values);
}

QKV_SCENE("Do near positions look alike?", "相近的位置像不像？", "[sinusoidal]") {
    constexpr Index d_model = 512;
    const Matrix table = learner::sinusoidal_encoding(80, d_model);
    REQUIRE_THAT(table, Pictured(80, d_model));
    say(
        {"The product of two encodings depends on their distance only, and near ones have the larger one. So attention "
         "can look at what is near, everywhere in the same way. Nobody trained this; d_model = 512, as in the paper.",
         "两个编码的内积只取决于它们相距多远，越近越大。所以注意力能找到身边的词，在哪里都是同样的找法。这不是训练出来"
         "的；d_model = 512，与论文相同。"});
    show({"weights of attention among positions 0 to 15, if nothing but positions counted",
          "只看位置时，位置 0 到 15 之间的注意力权重"},
         attention_among(table.topRows(16)), 16, 16);
    const std::vector<Index> distances{0, 1, 2, 4, 8, 16};
    Matrix products(3, 6);
    for (const auto& [row, from] : {std::pair{0, 0}, {1, 20}, {2, 60}}) {
        for (Index j = 0; j < products.cols(); ++j)
            products(row, j) =
                table.row(from).dot(table.row(from + distances[static_cast<std::size_t>(j)])) / (d_model / 2);
    }
    show({"products by distance (columns), seen from 0, 20 and 60: three times the same row",
          "按距离（列）看内积，分别从位置 0、20、60 出发：三行完全一样"},
         products, Words{"0", "20", "60"}, Words{"0", "1", "2", "4", "8", "16"}, Look::values);
}

QKV_SCENE("Is the second \"the\" still the same word?", "第二个 the 还是同一个词吗？", "[add_positions]") {
    const Words words = words_of("the dog bites the man");
    Matrix embeddings = Matrix::Zero(5, 512);
    for (const auto& [token, word] : {std::pair{0, 0}, {1, 1}, {2, 2}, {3, 0}, {4, 3}}) {
        for (Index k = 0; k < 8; ++k) embeddings(token, 448 + 16 * word + 2 * k) = Scalar{2.4};
    }
    say(
        {"Word embeddings made by hand, at right angles to each other. Without positions the two \"the\" cannot be "
         "told apart, whatever stands beside them. With positions each looks at itself first, then at the other "
         "\"the\", and at its neighbours before all others.",
         "词嵌入是手工设定的，两两正交。不加位置，两个 the 无论身边是谁都无法区分。加上位置，每个 the "
         "首先看自己，其次看另一个 the，其余的词里先看邻居。"});
    show({"weights of attention among the words, without positions: rows 0 and 3 are the same",
          "不加位置时，词与词之间的注意力权重：两个 the 的行完全相同"},
         attention_among(embeddings), words, words);
    const Matrix placed = learner::add_positions(embeddings, 0);
    REQUIRE_THAT(placed, Pictured(5, 512));
    show({"after positions were added: they differ", "加上位置之后：两行不同了"}, attention_among(placed), words,
         words);
}

QKV_SCENE("How does one go four positions on?", "怎样往后走四个位置？", "[shift_matrix]") {
    const Matrix shift = learner::shift_matrix(12, 4);
    say(
        {"One matrix moves every position on by four. It turns each hand by its own angle: a block of 2 x 2 a pair, "
         "nothing outside, and for the slow hands nearly the identity.",
         "同一个矩阵把任何位置都往后移四格。它让每根指针各转自己的角度：每一对是一个 2 x 2 的块，块外全是 "
         "0；慢指针的块几乎就是单位矩阵。"});
    show({"R(4), d_model = 12", "R(4)，d_model = 12"}, shift, 12, 12, Look::values);
    Matrix rows(6, 12);
    for (const auto& [pair, from] : {std::pair{0, 1}, {1, 20}}) {
        const Matrix start = learner::encode_position(from, 12), goal = learner::encode_position(from + 4, 12);
        REQUIRE_THAT(start, Pictured(1, 12));
        REQUIRE_THAT(goal, Pictured(1, 12));
        rows.middleRows(Index{3} * pair, 3) << start, start * shift, goal;
    }
    show({"from 1 to 5, from 20 to 24: after * R(4) stands what stands at the goal",
          "从 1 到 5，从 20 到 24：乘以 R(4) 之后，与终点的编码相同"},
         rows, Words{"1", "1 * R(4)", "5", "20", "20 * R(4)", "24"}, 12, Look::values);
}
