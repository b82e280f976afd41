// The grader of `memory_network`. A test's name states a law; its body sets the scene, calls your function
// and holds what comes back against the law. Golden values are the paper's equations, computed by PyTorch.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <limits>
#include <optional>
#include <string>

using namespace qkv;
using namespace qkv::testing;
using memory_network::AdjacentModel;
using memory_network::Encoding;
using memory_network::LayerWiseModel;
using memory_network::Story;

namespace {

// A vocabulary of 11 words in 6 columns; 5 sentences, of which the oldest comes first, and a question.
const Story story = {{3, 1, 4}, {1, 5, 9, 2}, {6}, {5, 3, 10, 8, 0}, {7, 9}};
const TokenIds question = {2, 7, 1, 8, 2, 8, 0};
const Story no_story;

// The worked examples of the statement: two stories, and what their words are embedded by.
const Story ball_story = {{0, 2, 4}, {1, 3, 6}, {0, 3, 5}};
const Story turned_story = {{0, 1, 2, 3}, {3, 2, 1, 0}};
const Matrix twelves{{12, 12, 12}, {12, 0, 0}, {0, 12, 0}, {0, 0, 12}};

/// Near a million, float has one digit after the point.
constexpr double far_score_tolerance = in_double ? tolerance : 0.1;

constexpr Encoding bags = Encoding::bag_of_words, positions = Encoding::position;

Story reversed(const Story& told) { return {told.rbegin(), told.rend()}; }

Matrix reversed_rows(const Matrix& matrix) { return matrix.colwise().reverse(); }

Matrix ones(Index rows, Index columns = 1) { return filled(rows, columns, 1); }

/// 1/n, 2/n, ..., 1 as a row.
Matrix fractions(Index n) { return RowVector::LinSpaced(n, 1, static_cast<Scalar>(n)) / static_cast<Scalar>(n); }

std::optional<Matrix> temporal() { return golden("temporal"); }  // ages of up to 8 sentences

/// Three hops: four embeddings, and four temporal tables or none.
AdjacentModel adjacent(bool with_temporal) {
    AdjacentModel model;
    for (const char* k : {"0", "1", "2", "3"}) {
        model.embeddings.push_back(golden(std::string("adjacent/embedding_") + k));
        if (with_temporal) model.temporal.push_back(golden(std::string("adjacent/temporal_") + k));
    }
    return model;
}

/// The statement's three tables, with which two hops find the ball.
AdjacentModel ball_model() {
    AdjacentModel model{std::vector<Matrix>(3, Matrix::Zero(8, 4)), {}};
    model.embeddings[0](4, 0) = model.embeddings[1](0, 1) = model.embeddings[1](1, 2) = 2;
    model.embeddings[1](3, 0) = 1;
    model.embeddings[2](5, 3) = 2, model.embeddings[2](6, 3) = -2;
    return model;
}

/// 0, 1, 2, ... below each other.
Matrix counting(Index rows) {
    Matrix result(rows, 1);
    for (Index i = 0; i < rows; ++i) result(i, 0) = static_cast<Scalar>(i);
    return result;
}

LayerWiseModel layer_wise(bool with_temporal) {
    LayerWiseModel model{
        golden("layer_wise/question"),   golden("layer_wise/input"), golden("layer_wise/output"), {}, {},
        golden("layer_wise/transition"), golden("layer_wise/answer")};
    if (with_temporal) model.temporal_input = golden("layer_wise/temporal_input");
    if (with_temporal) model.temporal_output = golden("layer_wise/temporal_output");
    return model;
}

}  // namespace

// ------------------------------------------------------------------------------------ bag_of_words

QKV_TEST("the sentences of the statement's example become its memories", "题目算例中的句子变成算例中的记忆",
         "[bag_of_words]") {
    const AdjacentModel model = ball_model();
    CHECK_THAT(learner::bag_of_words({0, 2, 4}, model.embeddings[0]), Equals(Matrix{{2, 0, 0, 0}}));
    CHECK_THAT(learner::bag_of_words({0, 3, 5}, model.embeddings[1]), Equals(Matrix{{1, 2, 0, 0}}));
    CHECK_THAT(learner::bag_of_words({1, 3, 6}, model.embeddings[2]), Equals(Matrix{{0, 0, 0, -2}}));
}

QKV_TEST("the bag of one word is its row of the embedding", "只有一个词时，词袋就是嵌入表中的那一行",
         "[bag_of_words]") {
    const Matrix embedding = golden("embedding");
    for (const int word : {1, 6, 10}) CHECK_THAT(learner::bag_of_words({word}, embedding), Equals(embedding.row(word)));
}

QKV_TEST("word 0 is a word like any other", "编号为 0 的词与其他词一样", "[bag_of_words]") {
    const Matrix embedding = golden("embedding");
    CHECK_THAT(learner::bag_of_words({0}, embedding), Equals(embedding.row(0)));
    CHECK_THAT(learner::bag_of_words({8, 0}, embedding), Equals(embedding.row(8) + embedding.row(0)));
}

QKV_TEST("a word said three times counts three times", "一个词说三遍就算三遍", "[bag_of_words]") {
    const Matrix embedding = golden("embedding");
    CHECK_THAT(learner::bag_of_words({7, 7, 7}, embedding), Equals(3 * embedding.row(7)));
}

QKV_TEST("the order of the words does not matter to a bag", "词袋不关心词的次序", "[bag_of_words]") {
    const Matrix embedding = golden("embedding");
    const Matrix forwards = learner::bag_of_words({1, 5, 9, 2}, embedding);
    const Matrix backwards = learner::bag_of_words({2, 9, 5, 1}, embedding);
    CHECK_THAT(backwards, SameAs(forwards));
}

QKV_TEST("the bag of two sentences in one is the sum of their bags", "两句话连成一句，词袋等于各自的词袋之和",
         "[bag_of_words]") {
    const Matrix embedding = golden("embedding");
    const Matrix together = learner::bag_of_words({3, 1, 4, 1, 5, 9, 2}, embedding);
    const Matrix first = learner::bag_of_words({3, 1, 4}, embedding);
    const Matrix second = learner::bag_of_words({1, 5, 9, 2}, embedding);
    const Matrix sum = first + second;
    CHECK_THAT(together, SameAs(sum));
}

QKV_TEST("a sentence may be long, and a vocabulary large", "句子可以很长，词表可以很大", "[bag_of_words]") {
    const Matrix embedding = counting(70000);  // word 69999 is embedded as 69999
    CHECK_THAT(learner::bag_of_words({69999, 300, 65539}, embedding), Equals(filled(1, 1, 135838)));
    CHECK_THAT(learner::bag_of_words(TokenIds(500, 7), embedding), Equals(filled(1, 1, 3500)));
}

QKV_TEST("a sentence without words is zero", "没有词的句子是零向量", "[bag_of_words]") {
    CHECK_THAT(learner::bag_of_words({}, golden("embedding")), Equals(filled(1, 6, 0)));
}

QKV_TEST("five bags have PyTorch's numbers", "五个词袋与 PyTorch 的结果一致", "[bag_of_words]") {
    const Matrix embedding = golden("embedding"), expected = golden("bags");
    for (Index i = 0; i < 5; ++i) {
        CHECK_THAT(learner::bag_of_words(story[static_cast<std::size_t>(i)], embedding), Equals(expected.row(i)));
    }
}

QKV_TEST("a word that is not in the vocabulary is an error, wherever it stands", "词表之外的词在任何位置都是错误",
         "[bag_of_words]") {
    const Matrix embedding = golden("embedding");  // words 0 to 10
    CHECK_THROWS_AS(learner::bag_of_words({3, -1, 4}, embedding), std::invalid_argument);
    CHECK_THROWS_AS(learner::bag_of_words({3, 1, 11}, embedding), std::invalid_argument);
    CHECK_THROWS_AS(learner::bag_of_words({2'000'000'000}, embedding), std::invalid_argument);
    CHECK_THROWS_AS(learner::bag_of_words({11, 3, 1}, embedding), std::invalid_argument);
    CHECK_THROWS_AS(learner::bag_of_words({std::numeric_limits<int>::min(), 3}, embedding), std::invalid_argument);
    CHECK_THROWS_AS(learner::bag_of_words({0}, Matrix(0, 6)), std::invalid_argument);
}

// ------------------------------------------------------------------------------- position_encoding

QKV_TEST("four words in three columns, by hand", "四个词、三列，手算", "[position_encoding]") {
    CHECK_THAT(learner::position_encoding(4, 3),
               Equals(Matrix{
                   {7. / 12, 5. / 12, 3. / 12}, {0.5, 0.5, 0.5}, {5. / 12, 7. / 12, 9. / 12}, {4. / 12, 8. / 12, 1}}));
}

QKV_TEST("the last word has the weights 1/d, 2/d, ..., 1", "最后一个词的权重是 1/d、2/d、……、1",
         "[position_encoding]") {
    const Matrix l = learner::position_encoding(5, 8), single = learner::position_encoding(1, 7);
    REQUIRE(l.rows() == 5);
    CHECK_THAT(l.row(4), Equals(fractions(8)));
    CHECK_THAT(single, Equals(fractions(7)));
    const Matrix long_sentence = learner::position_encoding(300, 70);
    REQUIRE(long_sentence.rows() == 300);
    CHECK_THAT(long_sentence.row(299), Equals(fractions(70)));
}

QKV_TEST("in the last column the weights of the words are 1/J, 2/J, ..., 1", "最后一列中各词的权重是 1/J、2/J、……、1",
         "[position_encoding]") {
    const Matrix l = learner::position_encoding(7, 5);
    REQUIRE(l.cols() == 5);
    CHECK_THAT(l.col(4).transpose(), Equals(fractions(7)));
    const Matrix large = learner::position_encoding(90, 110);
    REQUIRE(large.cols() == 110);
    CHECK_THAT(large.col(109).transpose(), Equals(fractions(90)));
}

QKV_TEST("word J / 2 weighs one half in every column", "第 J / 2 个词在每一列的权重都是二分之一",
         "[position_encoding]") {
    const Matrix l = learner::position_encoding(6, 9);
    REQUIRE(l.rows() == 6);
    CHECK_THAT(l.row(2), Equals(filled(1, 9, 0.5)));
}

QKV_TEST("the weights of words j and J - j sum to one", "第 j 个词与第 J - j 个词的权重之和为一",
         "[position_encoding]") {
    const Matrix l = learner::position_encoding(9, 6);
    REQUIRE((l.rows() == 9 && l.cols() == 6));
    CHECK_THAT(l.topRows(8) + reversed_rows(l.topRows(8)), Equals(ones(8, 6)));
}

QKV_TEST("the weights have the values of the formula", "权重与公式逐元素一致", "[position_encoding]") {
    CHECK_THAT(learner::position_encoding(5, 6), Equals(golden("position/5x6")));
    CHECK_THAT(learner::position_encoding(7, 10), Equals(golden("position/7x10")));
}

QKV_TEST("no words have no weights", "没有词就没有权重", "[position_encoding]") {
    CHECK_THAT(learner::position_encoding(0, 6), Equals(Matrix(0, 6)));
}

QKV_TEST("there are no fewer than zero words and no fewer than one column", "词数不能为负，列数至少为一",
         "[position_encoding]") {
    CHECK_THROWS_AS(learner::position_encoding(-1, 6), std::invalid_argument);
    CHECK_THROWS_AS(learner::position_encoding(5, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::position_encoding(5, -3), std::invalid_argument);
    CHECK_THROWS_AS(learner::position_encoding(0, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::position_encoding(-40, 1), std::invalid_argument);
}

// ---------------------------------------------------------------------------------------- sentence

QKV_TEST("the two sentences of the statement come out, weighted by position and as bags",
         "题目里的两句话结果正确：位置编码和词袋", "[sentence]") {
    CHECK_THAT(learner::encode_sentence(turned_story[0], twelves, positions), Equals(Matrix{{13, 12, 15}}));
    CHECK_THAT(learner::encode_sentence(turned_story[1], twelves, positions), Equals(Matrix{{9, 14, 15}}));
    CHECK_THAT(learner::encode_sentence(turned_story[1], twelves, bags), Equals(filled(1, 3, 24)));
}

QKV_TEST("a single word is weighted 1/d, 2/d, ..., 1 by its position, and not at all in a bag",
         "只有一个词时，位置编码给出权重 1/d、2/d、……、1，词袋不加权", "[sentence]") {
    const Matrix embedding = golden("embedding");
    const Matrix weighted = embedding.row(6).cwiseProduct(fractions(6));
    CHECK_THAT(learner::encode_sentence({6}, embedding, positions), Equals(weighted));
    CHECK_THAT(learner::encode_sentence({6}, embedding, bags), Equals(embedding.row(6)));
}

QKV_TEST("where every embedding is one, J words give (J - 1) / 2 + k / d in column k",
         "嵌入全为一时，J 个词在第 k 列得到 (J - 1) / 2 + k / d", "[sentence]") {
    const Matrix all_ones = ones(11, 8);
    CHECK_THAT(learner::encode_sentence({3, 1, 4}, all_ones, positions), Equals(ones(1, 8) + fractions(8)));
    CHECK_THAT(learner::encode_sentence({5, 3, 10, 8, 0}, all_ones, positions), Equals(2 * ones(1, 8) + fractions(8)));
    CHECK_THAT(learner::encode_sentence(TokenIds(200, 7), all_ones, positions),
               Equals(99.5 * ones(1, 8) + fractions(8)));
}

QKV_TEST("the order of the words changes the position encoding, but not the bag", "词序会改变位置编码，但不改变词袋",
         "[sentence]") {
    const Matrix embedding = golden("embedding");
    const Matrix there = learner::encode_sentence({1, 5, 9, 2}, embedding, positions);
    CHECK_FALSE(there.isApprox(learner::encode_sentence({2, 9, 5, 1}, embedding, positions)));
    CHECK_THAT(learner::encode_sentence({2, 9, 5, 1}, embedding, bags), Equals(golden("bags").row(1)));
}

QKV_TEST("read forwards and then backwards, every word has had the same weights",
         "正着读一遍再倒着读一遍，每个词的总权重都相同", "[sentence]") {
    // Word j has the weights l_j once and l_(J + 1 - j) once: together 1 + (2 k / d - 1) / J, for every j.
    const Matrix embedding = golden("embedding");
    const Matrix both = learner::encode_sentence({0, 5, 9, 2}, embedding, positions) +
                        learner::encode_sentence({2, 9, 5, 0}, embedding, positions);
    const Matrix bag = embedding.row(0) + embedding.row(5) + embedding.row(9) + embedding.row(2);
    CHECK_THAT(both, Equals(bag.cwiseProduct(ones(1, 6) + (2 * fractions(6) - ones(1, 6)) / 4)));
}

QKV_TEST("a sentence without words is zero in either encoding", "没有词的句子在两种编码下都是零向量", "[sentence]") {
    CHECK_THAT(learner::encode_sentence({}, golden("embedding"), positions), Equals(filled(1, 6, 0)));
    CHECK_THAT(learner::encode_sentence({}, golden("embedding"), bags), Equals(filled(1, 6, 0)));
}

QKV_TEST("five sentences of different lengths have the paper's numbers", "长短不一的五句话与论文公式的结果一致",
         "[sentence]") {
    const Matrix embedding = golden("embedding"), expected = golden("sentences");
    for (Index i = 0; i < 5; ++i) {
        const TokenIds& sentence = story[static_cast<std::size_t>(i)];
        CHECK_THAT(learner::encode_sentence(sentence, embedding, positions), Equals(expected.row(i)));
    }
}

QKV_TEST("a word that is not in the vocabulary is an error in either encoding", "词表之外的词在两种编码下都是错误",
         "[sentence]") {
    const Matrix embedding = golden("embedding");
    for (const Encoding encoding : {bags, positions}) {
        CHECK_THROWS_AS(learner::encode_sentence({3, 1, 11}, embedding, encoding), std::invalid_argument);
        CHECK_THROWS_AS(learner::encode_sentence({3, 40, 1}, embedding, encoding), std::invalid_argument);
        CHECK_THROWS_AS(learner::encode_sentence({-1, 1, 4}, embedding, encoding), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------------- story

QKV_TEST("the story of the statement becomes its memory", "题目里的故事变成题目里的记忆", "[story]") {
    const Matrix ages{{1, 0, 0}, {0, 2, 0}, {0, 0, 4}};
    CHECK_THAT(learner::encode_story(turned_story, twelves, ages, positions),
               Equals(Matrix{{13, 14, 15}, {10, 14, 15}}));
}

QKV_TEST("without ages, row i is the encoding of sentence i", "不加时间编码时，第 i 行就是第 i 句话的编码", "[story]") {
    CHECK_THAT(learner::encode_story(story, golden("embedding"), {}, positions), Equals(golden("sentences")));
    CHECK_THAT(learner::encode_story(story, golden("embedding"), {}, bags), Equals(golden("bags")));
}

QKV_TEST("the newest sentence gets the first row of the temporal table, and each older one the next",
         "最新的一句得到时间表的第一行，越早的句子依次往后", "[story]") {
    CHECK_THAT(learner::encode_story(story, Matrix::Zero(11, 6), temporal(), bags),
               Equals(reversed_rows(temporal()->topRows(5))));
}

QKV_TEST("what was told before changes nothing about the newer sentences", "更早说过的话不改变后面句子的记忆",
         "[story]") {
    const Story newest(story.end() - 2, story.end());
    const Matrix whole = learner::encode_story(story, golden("embedding"), temporal(), positions);
    REQUIRE(whole.rows() == 5);
    const Matrix newest_alone = learner::encode_story(newest, golden("embedding"), temporal(), positions);
    const Matrix newest_of_all = whole.bottomRows(2);
    CHECK_THAT(newest_alone, SameAs(newest_of_all));
}

QKV_TEST("the same sentence told twice differs only by its age", "同一句话说两遍，只差在时间上", "[story]") {
    const Matrix memory =
        learner::encode_story({{3, 1, 4}, {6}, {3, 1, 4}}, golden("embedding"), temporal(), positions);
    REQUIRE(memory.rows() == 3);
    CHECK_THAT(memory.row(0) - memory.row(2), Equals(temporal()->row(2) - temporal()->row(0)));
}

QKV_TEST("five sentences with their ages have the paper's numbers", "五句话加上时间编码后与论文公式的结果一致",
         "[story]") {
    CHECK_THAT(learner::encode_story(story, golden("embedding"), temporal(), bags), Equals(golden("story/bags")));
    CHECK_THAT(learner::encode_story(story, golden("embedding"), temporal(), positions),
               Equals(golden("story/positions")));
}

QKV_TEST("a story may have hundreds of sentences", "故事可以有几百句话", "[story]") {
    const Story long_story(200, TokenIds{0, 1});
    const Matrix memory = learner::encode_story(long_story, Matrix::Zero(2, 1), counting(200), bags);
    CHECK_THAT(memory, Equals(reversed_rows(counting(200))));
}

QKV_TEST("an empty story is a memory without slots", "空故事就是没有槽位的记忆", "[story]") {
    CHECK_THAT(learner::encode_story(no_story, golden("embedding"), {}, positions), Equals(Matrix(0, 6)));
    CHECK_THAT(learner::encode_story(no_story, golden("embedding"), temporal(), bags), Equals(Matrix(0, 6)));
}

QKV_TEST("a story may be as long as the temporal table, but not longer", "故事可以与时间表一样长，但不能更长",
         "[story]") {
    const Matrix five_ages = temporal()->topRows(5), four_ages = temporal()->topRows(4);
    CHECK_THAT(learner::encode_story(story, golden("embedding"), five_ages, bags), Equals(golden("story/bags")));
    CHECK_THROWS_AS(learner::encode_story(story, golden("embedding"), four_ages, bags), std::invalid_argument);
    const Matrix two_ages = temporal()->topRows(2);
    CHECK_THROWS_AS(learner::encode_story(story, golden("embedding"), two_ages, bags), std::invalid_argument);
}

QKV_TEST("a temporal table of another width is an error, whatever the story is",
         "时间表的列数与嵌入不同是错误，无论故事如何", "[story]") {
    for (const Story& told : {story, no_story}) {
        const Misfits misfits("story, embedding, temporal, encoding", told, golden("embedding"), temporal(), positions);
        check_refused(learner::encode_story, misfits.except({"story.size()", "embedding.rows", "temporal.rows"}));
    }
}

QKV_TEST("a word that is not in the vocabulary is an error in any sentence", "任何一句话里有词表之外的词都是错误",
         "[story]") {
    CHECK_THROWS_AS(learner::encode_story({{3, 1}, {11}, {6}}, golden("embedding"), {}, bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_story({{3, 1}, {6, -1}}, golden("embedding"), temporal(), positions),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::encode_story({{40, 1}, {}, {6}}, golden("embedding"), temporal(), bags),
                    std::invalid_argument);
}

// --------------------------------------------------------------------------------------------- hop

QKV_TEST("the first hop of the statement comes out", "题目里的第一跳结果正确", "[hop]") {
    const Matrix memory_in{{2, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
    const Matrix memory_out{{0, 2, 0, 0}, {1, 0, 2, 0}, {1, 2, 0, 0}};
    const auto result = learner::hop(RowVector{{2, 0, 0, 0}}, memory_in, memory_out);
    CHECK_THAT(result.weights, Equals(Matrix{{0.9646631559719038, 0.0176684220140481, 0.0176684220140481}}));
    CHECK_THAT(result.output, Equals(Matrix{{0.0353368440280961, 1.9646631559719038, 0.0353368440280961, 0}}));
}

QKV_TEST("the weights sum to one, and the output is their mean of what is read",
         "权重之和为一，输出是读取内容的加权平均", "[hop]") {
    const Matrix memory_out = golden("hop/out");
    const auto result = learner::hop(golden("hop/u"), golden("hop/in"), memory_out);
    REQUIRE(result.weights.size() == 5);
    CHECK_THAT(filled(1, 1, result.weights.sum()), Equals(ones(1)));
    CHECK(result.weights.minCoeff() >= 0);
    const Matrix mean_of_what_is_read = result.weights * memory_out;
    CHECK_THAT(result.output, SameAs(mean_of_what_is_read));
}

QKV_TEST("scores 0, 1, 2, 3 give the fractions of their exponentials, without any scaling",
         "打分 0、1、2、3 得到各自指数所占的比例，不作任何缩放", "[hop]") {
    const RowVector u{{1, 0, 0, 0, 0, 0}};
    Matrix memory_in = golden("hop/in").topRows(4);
    memory_in.col(0) << 0, 1, 2, 3;
    memory_in.row(0).setZero();  // a slot like any other
    CHECK_THAT(learner::hop(u, memory_in, golden("hop/out").topRows(4)).weights,
               Equals(Matrix{{0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722}}));
}

QKV_TEST("a single slot is read whatever it says", "只有一个槽位时，无论内容如何都读它", "[hop]") {
    const Matrix memory_out = golden("hop/out");
    const auto result = learner::hop(golden("hop/u"), golden("hop/in").row(3), memory_out.row(1));
    CHECK_THAT(result.weights, Equals(ones(1)));
    CHECK_THAT(result.output, Equals(memory_out.row(1)));
}

QKV_TEST("a state of zeros reads the plain mean", "状态全为零时，读出的是简单平均", "[hop]") {
    const Matrix memory_out = golden("hop/out");
    CHECK_THAT(learner::hop(RowVector::Zero(6), golden("hop/in"), memory_out).output,
               Equals(memory_out.colwise().mean()));
}

QKV_TEST("two copies of every slot halve every weight and change no output", "每个槽位复制一份，权重减半，输出不变",
         "[hop]") {
    const auto twice =
        learner::hop(golden("hop/u"), golden("hop/in").replicate(2, 1), golden("hop/out").replicate(2, 1));
    CHECK_THAT(twice.weights, Equals(golden("hop/weights").replicate(1, 2) / 2));
    CHECK_THAT(twice.output, Equals(golden("hop/output")));
}

QKV_TEST("what all slots have in common tells nothing", "所有槽位共有的内容不起作用", "[hop]") {
    const Matrix common = golden("hop/out").row(2).replicate(5, 1);
    CHECK_THAT(learner::hop(golden("hop/u"), golden("hop/in") + common, golden("hop/out")).weights,
               Equals(golden("hop/weights")));
}

QKV_TEST("the output is linear in what is read", "输出对读取的内容是线性的", "[hop]") {
    const Matrix memory_out = 4 * golden("hop/out") + ones(5, 6);
    CHECK_THAT(learner::hop(golden("hop/u"), golden("hop/in"), memory_out).output,
               Equals(4 * golden("hop/output") + ones(1, 6)));
}

QKV_TEST("one hop over five slots has the paper's numbers", "对五个槽位的一跳与论文公式的结果一致", "[hop]") {
    const auto result = learner::hop(golden("hop/u"), golden("hop/in"), golden("hop/out"));
    CHECK_THAT(result.weights, Equals(golden("hop/weights")));
    CHECK_THAT(result.output, Equals(golden("hop/output")));
}

QKV_TEST("very large scores pick the best slot instead of overflowing", "打分很大时选中最好的槽位，而不是溢出",
         "[hop]") {
    const Matrix memory_in{{1, 0, 2}, {-1, 0, 1}, {0, 4, 0}, {0, 5, -1}},
        memory_out{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {2, 4, 8}};
    CHECK_THAT(learner::hop(RowVector{{8192, 0, 0}}, memory_in, memory_out).output, Equals(memory_out.row(0)));
    CHECK_THAT(learner::hop(RowVector{{-4096, -4096, -16384}}, memory_in, memory_out).output,
               Equals(memory_out.row(3)));
}

QKV_TEST("scores far below zero are as good as others", "远小于零的打分与其他打分一样有效", "[hop]") {
    // All scores are -1000000: the mean of what 99 slots hold.
    const auto result = learner::hop(filled(1, 2, 1000), filled(99, 2, -500), counting(99) * RowVector{{1, 2}});
    CHECK_THAT(result.output, Equals(Matrix{{49, 98}}).within(far_score_tolerance));
    const Matrix memory_in{{-1e6, 1}, {-2e6, 2}, {-3e6, 3}}, memory_out{{1, 2}, {3, 4}, {5, 6}};
    CHECK_THAT(learner::hop(RowVector{{1e6, 1}}, memory_in, memory_out).output, Equals(Matrix{{1, 2}}));
}

QKV_TEST("an empty memory gives no weights and an output of zeros", "空的记忆没有权重，输出为零", "[hop]") {
    const auto result = learner::hop(golden("hop/u"), Matrix(0, 6), Matrix(0, 6));
    CHECK_THAT(result.output, Equals(filled(1, 6, 0)));
    CHECK(result.weights.size() == 0);
}

QKV_TEST("a state or memories that do not fit are an error, also where a memory is empty",
         "状态与记忆、记忆与记忆不匹配是错误，记忆为空时也一样", "[hop]") {
    const RowVector u = golden("hop/u");
    check_refused(learner::hop, Misfits("u, memory_in, memory_out", u, golden("hop/in"), golden("hop/out")));
    check_refused(learner::hop, Misfits("u, memory_in, memory_out", u, Matrix(0, 6), Matrix(0, 6)));
}

// ---------------------------------------------------------------------------------------- adjacent

QKV_TEST("the example of the statement takes two hops to the garden", "题目里的例子用两跳找到花园", "[adjacent]") {
    const auto answer = learner::answer_adjacent(ball_story, {7, 4}, ball_model(), bags);
    CHECK_THAT(answer.weights, Equals(Matrix{{0.9646631559719039, 0.0176684220140481, 0.0176684220140481},
                                             {0.113426015425869, 0.0183170990525861, 0.8682568855215449}}));
    CHECK_THAT(answer.logits, Equals(Matrix{{0, 0, 0, 0, 0, 3.3997591458758354, -3.3997591458758354, 0}}));
}

QKV_TEST("with one sentence, every hop adds what the next embedding reads of it",
         "只有一句话时，每一跳都加上下一个嵌入读出的内容", "[adjacent]") {
    const AdjacentModel model = adjacent(true);
    Matrix u = model.embeddings[0].row(2);
    for (std::size_t k = 1; k < 4; ++k) u += model.embeddings[k].row(6) + model.temporal[k].row(0);
    const auto answer = learner::answer_adjacent({{6}}, {2}, model, bags);
    CHECK_THAT(answer.weights, Equals(ones(3)));
    CHECK_THAT(answer.logits, Equals(u * model.embeddings[3].transpose()));
}

QKV_TEST("an empty story is answered from the question alone", "空故事只凭问题作答", "[adjacent]") {
    const auto answer = learner::answer_adjacent(no_story, question, adjacent(true), positions);
    CHECK_THAT(answer.logits, Equals(golden("adjacent/empty/logits")));
    CHECK_THAT(answer.weights, Equals(Matrix(3, 0)));
}

QKV_TEST("eleven hops are eleven times the same step", "十一跳就是同样的一步走十一次", "[adjacent]") {
    AdjacentModel model;
    Matrix u = adjacent(false).embeddings[0].row(2);
    for (std::size_t k = 0; k < 12; ++k) model.embeddings.push_back(adjacent(false).embeddings[k % 4]);
    for (std::size_t k = 1; k < 12; ++k) u += model.embeddings[k].row(6);
    const auto answer = learner::answer_adjacent({{6}}, {2}, model, bags);
    CHECK_THAT(answer.weights, Equals(ones(11)));
    CHECK_THAT(answer.logits, Equals(u * model.embeddings[11].transpose()));
}

QKV_TEST("a hundred hops are a hundred times the same step", "一百跳就是同样的一步走一百次", "[adjacent]") {
    AdjacentModel model;
    for (int k = 0; k < 101; ++k) model.embeddings.push_back(Matrix{{1, 0}, {0, 2}, {3, -1}});
    const auto answer = learner::answer_adjacent({{1}}, {0}, model, bags);
    CHECK_THAT(answer.weights, Equals(ones(100)));
    CHECK_THAT(answer.logits, Equals(Matrix{{1, 400, -197}}));  // the state is (1, 0) + 100 (0, 2)
}

QKV_TEST("a question without words looks at all sentences alike at first", "没有词的问题起初对所有句子一视同仁",
         "[adjacent]") {
    const auto answer = learner::answer_adjacent(story, {}, adjacent(true), positions);
    REQUIRE(answer.weights.rows() == 3);
    CHECK_THAT(answer.weights.row(0), Equals(filled(1, 5, 0.2)));
}

QKV_TEST("in every hop the weights sum to one, however large the numbers are", "无论数有多大，每一跳的权重之和都为一",
         "[adjacent]") {
    AdjacentModel model = adjacent(true);
    CHECK_THAT(learner::answer_adjacent(story, question, model, positions).weights.rowwise().sum(), Equals(ones(3)));
    for (Matrix& embedding : model.embeddings) embedding *= 1000;
    CHECK_THAT(learner::answer_adjacent(story, question, model, positions).weights.rowwise().sum(), Equals(ones(3)));
}

QKV_TEST("without ages, the order of the sentences does not matter", "没有时间编码时，句子的次序无关紧要",
         "[adjacent]") {
    const auto answer = learner::answer_adjacent(reversed(story), question, adjacent(false), bags);
    CHECK_THAT(answer.logits, Equals(golden("adjacent/bags/logits")));
    CHECK_THAT(answer.weights, Equals(golden("adjacent/bags/weights").rowwise().reverse()));
}

QKV_TEST("three hops over bags have the paper's numbers", "词袋上的三跳与论文公式的结果一致", "[adjacent]") {
    const auto answer = learner::answer_adjacent(story, question, adjacent(false), bags);
    CHECK_THAT(answer.logits, Equals(golden("adjacent/bags/logits")));
    CHECK_THAT(answer.weights, Equals(golden("adjacent/bags/weights")));
}

QKV_TEST("three hops with positions and ages have the paper's numbers", "带位置和时间编码的三跳与论文公式的结果一致",
         "[adjacent]") {
    const auto answer = learner::answer_adjacent(story, question, adjacent(true), positions);
    CHECK_THAT(answer.logits, Equals(golden("adjacent/positions/logits")));
    CHECK_THAT(answer.weights, Equals(golden("adjacent/positions/weights")));
}

QKV_TEST("embeddings that make no hop, or tables that differ in shape, are an error, also for an empty story",
         "嵌入不够一跳，或各张表形状不同，都是错误，空故事也一样", "[adjacent]") {
    AdjacentModel one = adjacent(false);
    one.embeddings.resize(1);
    CHECK_THROWS_AS(learner::answer_adjacent({}, {2}, one, bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent({}, {2}, {}, bags), std::invalid_argument);
    for (const Story& told : {story, no_story}) {
        const Misfits misfits("story, question, model, encoding", told, question, adjacent(true), positions);
        check_refused(learner::answer_adjacent, misfits.except({"story.size()", "question.size()",
                                                                "model.temporal.rows", "model.temporal.size()"}));
    }
}

QKV_TEST("temporal tables that are not one for each embedding are an error", "时间表与嵌入不是一一对应则是错误",
         "[adjacent]") {
    AdjacentModel few = adjacent(true), many = few;
    few.temporal.pop_back();
    many.temporal.push_back(many.temporal[0]);
    CHECK_THROWS_AS(learner::answer_adjacent(story, question, few, positions), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent(story, question, many, positions), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent(no_story, question, few, bags), std::invalid_argument);
}

QKV_TEST("temporal tables may differ in length, but each has a row for every sentence",
         "时间表的行数可以不同，但每一张都要有每句话的一行", "[adjacent]") {
    AdjacentModel model = adjacent(true);
    for (const std::size_t k : {1U, 3U}) model.temporal[k] = model.temporal[k].topRows(5).eval();
    CHECK_THAT(learner::answer_adjacent(story, question, model, positions).logits,
               Equals(golden("adjacent/positions/logits")));
    model.temporal[3] = model.temporal[3].topRows(4).eval();
    CHECK_THROWS_AS(learner::answer_adjacent(story, question, model, positions), std::invalid_argument);
}

QKV_TEST("a word that is not in the vocabulary is an error in the story and in the question",
         "故事或问题里有词表之外的词都是错误", "[adjacent]") {
    CHECK_THROWS_AS(learner::answer_adjacent({{3, 1}, {11}}, question, adjacent(true), bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent(story, {2, -1}, adjacent(true), positions), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent(no_story, {2, 11}, adjacent(false), bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_adjacent({{6}, {3, 40}}, {2}, adjacent(false), positions), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- layer_wise

QKV_TEST("two hops with the statement's H give its logits", "题目里的 H 走两跳，得到题目里的 logits", "[layer_wise]") {
    const LayerWiseModel model{
        Matrix{{0, 0}, {0, 0}, {2, 0}}, Matrix{{1, 0}, {0, 1}, {0, 0}}, Matrix{{0, 2}, {2, 0}, {0, 0}}, {}, {},
        Matrix{{0, 1}, {0.5, 0}},       Matrix{{1, 0, 1}, {0, 1, -1}}};
    const auto answer = learner::answer_layer_wise({{0}, {1}}, {2}, model, 2, bags);
    CHECK_THAT(answer.weights,
               Equals(Matrix{{0.8807970779778823, 0.1192029220221175}, {0.0286596054508257, 0.9713403945491743}}));
    CHECK_THAT(answer.logits, Equals(Matrix{{3.823477867076231, 0.2957250549458865, 3.5277528121303443}}));
}

QKV_TEST("with one sentence, every hop turns the state by H and adds what C reads",
         "只有一句话时，每一跳都先用 H 变换状态，再加上 C 读出的内容", "[layer_wise]") {
    const LayerWiseModel model = layer_wise(true);
    Matrix u = model.question.row(2);
    for (int k = 0; k < 3; ++k) u = u * model.transition + model.output.row(6) + model.temporal_output->row(0);
    const auto answer = learner::answer_layer_wise({{6}}, {2}, model, 3, bags);
    CHECK_THAT(answer.weights, Equals(ones(3)));
    CHECK_THAT(answer.logits, Equals(u * model.answer));
}

QKV_TEST("an empty story turns the question by H at every hop, the last one included",
         "空故事时，每一跳（包括最后一跳）都用 H 变换问题", "[layer_wise]") {
    const LayerWiseModel model = layer_wise(true);
    const Matrix u = model.question.row(5) * model.transition * model.transition * model.transition;
    CHECK_THAT(learner::answer_layer_wise(no_story, {5}, model, 3, bags).logits, Equals(u * model.answer));
    const auto answer = learner::answer_layer_wise(no_story, question, model, 3, positions);
    CHECK_THAT(answer.logits, Equals(golden("layer_wise/empty/logits")));
    CHECK_THAT(answer.weights, Equals(Matrix(3, 0)));
}

QKV_TEST("twelve hops turn the question twelve times", "十二跳把问题变换十二次", "[layer_wise]") {
    const LayerWiseModel model = layer_wise(false);
    Matrix u = model.question.row(5);
    for (int k = 0; k < 12; ++k) u = (u * model.transition).eval();
    CHECK_THAT(learner::answer_layer_wise(no_story, {5}, model, 12, bags).logits, Equals(u * model.answer));
}

QKV_TEST("a hundred hops turn the question a hundred times", "一百跳把问题变换一百次", "[layer_wise]") {
    const Matrix word{{5, 6, 7}}, turn{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}};  // a third of a full turn
    const LayerWiseModel model{word, word, word, {}, {}, turn, Matrix::Identity(3, 3)};
    CHECK_THAT(learner::answer_layer_wise(no_story, {0}, model, 100, bags).logits, Equals(Matrix{{7, 5, 6}}));
}

QKV_TEST("in every hop the weights of the sentences sum to one, large numbers or not",
         "不管数有多大，每一跳中各句的权重之和都为一", "[layer_wise]") {
    LayerWiseModel model = layer_wise(true);
    const auto answer = learner::answer_layer_wise(story, question, model, 7, positions);
    CHECK_THAT(answer.weights.rowwise().sum(), Equals(ones(7)));
    model.input *= 1000, model.question *= -1000;
    CHECK_THAT(learner::answer_layer_wise(story, question, model, 2, bags).weights.rowwise().sum(), Equals(ones(2)));
}

QKV_TEST("further hops do not change where the first ones looked", "多跳几次不会改变前几跳看向哪里", "[layer_wise]") {
    const auto answer = learner::answer_layer_wise(story, question, layer_wise(true), 7, positions);
    REQUIRE(answer.weights.rows() == 7);
    CHECK_THAT(answer.weights.topRows(4), Equals(golden("layer_wise/positions/weights")));
}

QKV_TEST("without ages, the sentences may come in any order", "没有时间编码时，句子可以按任何次序出现",
         "[layer_wise]") {
    const auto answer = learner::answer_layer_wise(reversed(story), question, layer_wise(false), 4, bags);
    CHECK_THAT(answer.logits, Equals(golden("layer_wise/bags/logits")));
    CHECK_THAT(answer.weights, Equals(golden("layer_wise/bags/weights").rowwise().reverse()));
}

QKV_TEST("four hops over bags have the paper's numbers", "词袋上的四跳与论文公式的结果一致", "[layer_wise]") {
    const auto answer = learner::answer_layer_wise(story, question, layer_wise(false), 4, bags);
    CHECK_THAT(answer.logits, Equals(golden("layer_wise/bags/logits")));
    CHECK_THAT(answer.weights, Equals(golden("layer_wise/bags/weights")));
}

QKV_TEST("four hops with positions and ages have the paper's numbers", "带位置和时间编码的四跳与论文公式的结果一致",
         "[layer_wise]") {
    const auto answer = learner::answer_layer_wise(story, question, layer_wise(true), 4, positions);
    CHECK_THAT(answer.logits, Equals(golden("layer_wise/positions/logits")));
    CHECK_THAT(answer.weights, Equals(golden("layer_wise/positions/weights")));
}

QKV_TEST("ages may be given to what is compared alone", "可以只给用来比较的记忆加时间编码", "[layer_wise]") {
    LayerWiseModel model = layer_wise(true);
    model.temporal_output.reset();
    const auto answer = learner::answer_layer_wise(story, question, model, 4, positions);
    CHECK_THAT(answer.logits, Equals(golden("layer_wise/mixed/logits")));
    CHECK_THAT(answer.weights, Equals(golden("layer_wise/mixed/weights")));
}

QKV_TEST("a question without words begins by looking at all sentences alike", "没有词的问题先是对所有句子一视同仁",
         "[layer_wise]") {
    const auto answer = learner::answer_layer_wise(story, {}, layer_wise(true), 3, positions);
    REQUIRE(answer.weights.rows() == 3);
    CHECK_THAT(answer.weights.row(0), Equals(filled(1, 5, 0.2)));
}

QKV_TEST("there is at least one hop", "至少要有一跳", "[layer_wise]") {
    CHECK_THROWS_AS(learner::answer_layer_wise(story, question, layer_wise(true), 0, bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_layer_wise(story, question, layer_wise(true), -2, bags), std::invalid_argument);
}

QKV_TEST("matrices of the model that do not fit are an error, also for an empty story",
         "模型中的矩阵互不匹配是错误，空故事也一样", "[layer_wise]") {
    for (const Story& told : {story, no_story}) {
        const Misfits misfits("story, question, model, n_hops, encoding", told, question, layer_wise(true), Index{3},
                              positions);
        check_refused(learner::answer_layer_wise,
                      misfits.except({"story.size()", "question.size()", "model.temporal_input.rows",
                                      "model.temporal_output.rows", "model.answer.columns"}));
    }
}

QKV_TEST("each temporal table has a row for every sentence", "每张时间表都要有每句话的一行", "[layer_wise]") {
    LayerWiseModel short_input = layer_wise(true), short_output = short_input;
    short_input.temporal_input = short_input.temporal_input->topRows(4).eval();
    short_output.temporal_output = short_output.temporal_output->topRows(4).eval();
    CHECK_THROWS_AS(learner::answer_layer_wise(story, question, short_input, 3, bags), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_layer_wise(story, question, short_output, 3, bags), std::invalid_argument);
}

QKV_TEST("an unknown word is an error, in the story as in the question", "故事和问题里都不允许未知的词",
         "[layer_wise]") {
    CHECK_THROWS_AS(learner::answer_layer_wise({{3}, {11}}, question, layer_wise(true), 3, bags),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_layer_wise(story, {2, -1}, layer_wise(true), 3, positions), std::invalid_argument);
}
