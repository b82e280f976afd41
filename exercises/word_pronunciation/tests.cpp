// The grader of `word_pronunciation`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values: what modules of torch.nn make of the trained weights.
#include <cmath>
#include <string>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace word_pronunciation::tests;
using transformer::TransformerModel;
using word_pronunciation::Alignment;
using word_pronunciation::begin_id;
using word_pronunciation::end_id;
using word_pronunciation::first_id;
using word_pronunciation::Hypothesis;
using word_pronunciation::padding_id;
using word_pronunciation::Reading;
using word_pronunciation::unknown_id;

namespace {

/// Lists of ids one after another, a 2 behind each.
Matrix chained(const std::vector<TokenIds>& lists) {
    TokenIds all;
    for (const TokenIds& ids : lists) {
        all.insert(all.end(), ids.begin(), ids.end());
        all.push_back(end_id);
    }
    return as_row(all);
}

Matrix ids_of(const std::vector<Hypothesis>& hypotheses) {
    std::vector<TokenIds> lists;
    for (const Hypothesis& each : hypotheses) lists.push_back(each.ids);
    return chained(lists);
}
Matrix scores_of(const std::vector<Hypothesis>& hypotheses) {
    std::vector<Scalar> scores;
    for (const Hypothesis& each : hypotheses) scores.push_back(each.score);
    return as_row(scores);
}
Matrix log_probabilities_of(const std::vector<Hypothesis>& hypotheses) {
    std::vector<Scalar> all;
    for (const Hypothesis& each : hypotheses) all.push_back(each.log_probability);
    return as_row(all);
}

/// What the trained model, or one made of the same weights, is asked in three golden scenes.
struct Scene {
    std::string name;
    TransformerModel model;
    Reading reading;
    TokenIds said;
};
Scene scene(const std::string& name) {
    Scene made{
        name, trained_model(), {golden_ids(name + "/source"), golden(name + "/memory")}, golden_ids(name + "/said")};
    if (name == "short") made.model.order = NormOrder::post, made.model.activation = Activation::gelu;
    return made;
}

Scalar log_of(double probability) { return static_cast<Scalar>(std::log(probability)); }

const TokenIds letter_a{begin_id, first_id, end_id};

}  // namespace

// ---------------------------------------------------------------------------------------- spelling

QKV_TEST("the statement's words become ids", "题目里的单词变成的编号正确", "[spelling]") {
    CHECK_THAT(as_row(learner::letters_to_ids("cat")), Equals(Matrix{{1, 6, 4, 23, 2}}));
    CHECK_THAT(as_row(learner::letters_to_ids("Ox4")), Equals(Matrix{{1, 18, 27, 3, 2}}));
}

QKV_TEST("the ids of the statement become a word and a pronunciation", "题目里的编号变成的单词和读音正确",
         "[spelling]") {
    CHECK(learner::ids_to_letters({1, 18, 27, 3, 2}) == "ox?");
    CHECK(learner::ids_to_phonemes({1, 23, 5, 34, 2}) == "K AE T");
}

QKV_TEST("all letters have an id of their own, from 4 to 30", "每个字母都有自己的编号，从 4 到 30", "[spelling]") {
    TokenIds all{begin_id};
    for (int id = 4; id <= 30; ++id) all.push_back(id);
    all.push_back(end_id);
    CHECK_THAT(as_row(learner::letters_to_ids("abcdefghijklmnopqrstuvwxyz'")), Equals(as_row(all)));
    CHECK_THAT(as_row(learner::letters_to_ids("ABCDEFGHIJKLMNOPQRSTUVWXYZ'")), Equals(as_row(all)));
    CHECK(learner::ids_to_letters(all) == "abcdefghijklmnopqrstuvwxyz'");
}

QKV_TEST("all phonemes have a name, those of one letter and those of two",
         "每个音素都有名字，有一个字母的，也有两个字母的", "[spelling]") {
    TokenIds all;
    for (int id = 4; id <= 42; ++id) all.push_back(id);
    CHECK(learner::ids_to_phonemes(all) ==
          "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH");
}

QKV_TEST("what is no letter is unknown, each char by itself", "不是字母的都是未知，每个 char 各算一个", "[spelling]") {
    CHECK_THAT(as_row(learner::letters_to_ids("a-b c@[`{\n")), Equals(Matrix{{1, 4, 3, 5, 3, 6, 3, 3, 3, 3, 3, 2}}));
    CHECK_THAT(as_row(learner::letters_to_ids("\xc3\xa9t\xc3\xa9")), Equals(Matrix{{1, 3, 3, 23, 3, 3, 2}}));
}

QKV_TEST("an empty word still begins and ends", "空单词也有开始和结束", "[spelling]") {
    CHECK_THAT(as_row(learner::letters_to_ids("")), Equals(Matrix{{1, 2}}));
    CHECK(learner::ids_to_letters({begin_id, end_id}).empty());
    CHECK(learner::ids_to_letters({}).empty());
    CHECK(learner::ids_to_phonemes({}).empty());
}

QKV_TEST("nothing behind the end is read, and there need not be an end", "结束之后的不读；没有结束也可以",
         "[spelling]") {
    CHECK(learner::ids_to_letters({4, 5, end_id, 6, 99}) == "ab");
    CHECK(learner::ids_to_phonemes({6, 7, end_id, 8, -5}) == "AH AO");
    CHECK(learner::ids_to_letters({6, 4, 5}) == "cab");
    CHECK(learner::ids_to_phonemes({begin_id, end_id, 8}).empty());
}

QKV_TEST("begin and padding say nothing, and leave no space", "开始和填充什么也不写，也不留空格", "[spelling]") {
    CHECK(learner::ids_to_letters({padding_id, begin_id, 6, padding_id, 4, padding_id}) == "ca");
    CHECK(learner::ids_to_phonemes({padding_id, begin_id, 10, padding_id, 21, padding_id, end_id}) == "B IY");
}

QKV_TEST("an unknown id is a question mark", "未知编号写成问号", "[spelling]") {
    CHECK(learner::ids_to_letters({1, 3, 30, 3, 2}) == "?'?");
    CHECK(learner::ids_to_phonemes({3, 42, 3}) == "? ZH ?");
}

QKV_TEST("ids that mean nothing are refused", "没有意义的编号要拒绝", "[spelling]") {
    CHECK_THROWS_AS(learner::ids_to_letters({1, 31, 2}), std::invalid_argument);
    CHECK_THROWS_AS(learner::ids_to_letters({-1}), std::invalid_argument);
    CHECK_THROWS_AS(learner::ids_to_phonemes({1, 43, 2}), std::invalid_argument);
    CHECK_THROWS_AS(learner::ids_to_phonemes({4, -1}), std::invalid_argument);
}

// ---------------------------------------------------------------------------------------- one_step

QKV_TEST("the statement's probabilities come out, as logarithms", "题目里的概率正确，取了对数", "[one_step]") {
    const Matrix first = learner::next_log_probabilities(one_letter(), {}, example_chain());
    REQUIRE(first.size() == 16);
    CHECK_THAT(first.middleCols(4, 2), Equals(Matrix{{-0.510825623766, -0.916290731874}}));
    const Matrix second = learner::next_log_probabilities(one_letter(), {5, 6, 4}, example_chain());
    REQUIRE(second.size() == 16);
    CHECK_THAT(second.middleCols(4, 2), Equals(Matrix{{-1.203972804326, -1.203972804326}}));
    CHECK_THAT(second.middleCols(2, 1), Equals(Matrix{{-0.916290731874}}));
}

QKV_TEST("on trained weights the encoder's output is PyTorch's", "用训练好的权重，编码器的输出与 PyTorch 相同",
         "[one_step]") {
    const Scene asked = scene("word");
    const Reading found = learner::read_word(asked.reading.source, asked.model);
    CHECK_THAT(found.memory, Equals(asked.reading.memory));
    CHECK_THAT(as_row(found.source), Equals(as_row(asked.reading.source)));
}

QKV_TEST("so it is with padding between the letters", "字母之间有填充时也相同", "[one_step]") {
    const Scene asked = scene("padded");
    CHECK_THAT(learner::read_word(asked.reading.source, asked.model).memory, Equals(asked.reading.memory));
}

QKV_TEST("so it is in post-norm order with GELU", "用后置归一化和 GELU 时也相同", "[one_step]") {
    const Scene asked = scene("short");
    CHECK_THAT(learner::read_word(asked.reading.source, asked.model).memory, Equals(asked.reading.memory));
}

QKV_TEST("on trained weights the log probabilities are PyTorch's at each step",
         "用训练好的权重，每一步的对数概率与 PyTorch 相同", "[one_step]") {
    const Scene asked = scene("word");
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{4}, asked.said.size()}) {
        const TokenIds beginning(asked.said.begin(), asked.said.begin() + static_cast<std::ptrdiff_t>(n));
        const Matrix found = learner::next_log_probabilities(asked.reading, beginning, asked.model);
        CHECK_THAT(found, Equals(golden("word/next").row(static_cast<Index>(n))));
    }
}

QKV_TEST("padding is hidden in the word and in what was said", "单词里和说过的话里的填充都看不见", "[one_step]") {
    const Scene asked = scene("padded");
    const Matrix found = learner::next_log_probabilities(asked.reading, asked.said, asked.model);
    CHECK_THAT(found, Equals(golden("padded/next")));
}

QKV_TEST("a step is right in post-norm order with GELU, too", "用后置归一化和 GELU，一步也正确", "[one_step]") {
    const Scene asked = scene("short");
    const Matrix found = learner::next_log_probabilities(asked.reading, asked.said, asked.model);
    CHECK_THAT(found, Equals(golden("short/next")));
}

QKV_TEST("probabilities sum to one", "概率之和为一", "[one_step]") {
    for (const TokenIds& said : {TokenIds{}, TokenIds{4}, TokenIds{7, 12, 1, 9}}) {
        const RowVector found = learner::next_log_probabilities(small_reading(), said, small_model());
        REQUIRE(found.size() == 13);
        CHECK_THAT(filled(1, 1, found.array().exp().sum()), Equals(filled(1, 1, 1)));
    }
}

QKV_TEST("a step reads the memory that it is given, and no letters", "一步只读给它的记忆，不读字母", "[one_step]") {
    Reading other = small_reading();
    other.source = source_of("xyz");
    const Matrix of_tea = learner::next_log_probabilities(small_reading(), {5, 9}, small_model());
    CHECK_THAT(learner::next_log_probabilities(other, {5, 9}, small_model()), SameAs(of_tea));
    other.memory *= 2;
    const Matrix of_twice = learner::next_log_probabilities(other, {5, 9}, small_model());
    REQUIRE((of_tea.size() == 13 && of_twice.size() == 13));
    CHECK((of_twice - of_tea).cwiseAbs().maxCoeff() > 0.001);
}

QKV_TEST("logarithms stay finite where a probability is too small for a number", "概率小到无法表示时，对数仍是有限的",
         "[one_step]") {
    TransformerModel model = small_model();
    model.output.weight.setZero();
    model.output.bias.setZero();
    model.output.bias(7) = 2000;
    Matrix due = filled(1, 13, -2000);
    due(0, 7) = 0;
    CHECK_THAT(learner::next_log_probabilities(small_reading(), {4}, model), Equals(due));
    model.output.bias.setConstant(-3000);
    CHECK_THAT(learner::next_log_probabilities(small_reading(), {4}, model),
               Equals(filled(1, 13, -std::log(Scalar{13}))));
}

QKV_TEST("ids without a row in their table are refused", "在表里没有对应行的编号要拒绝", "[one_step]") {
    CHECK_THROWS_AS(learner::read_word({begin_id, 31, end_id}, small_model()), std::invalid_argument);
    CHECK_THROWS_AS(learner::read_word({begin_id, -1, end_id}, small_model()), std::invalid_argument);
    CHECK_THROWS_AS(learner::next_log_probabilities(small_reading(), {13}, small_model()), std::invalid_argument);
    CHECK_THROWS_AS(learner::next_log_probabilities(small_reading(), {-1}, small_model()), std::invalid_argument);
}

QKV_TEST("shapes that do not fit are refused", "形状不符要拒绝", "[one_step]") {
    const auto read = [](const Matrix& source_table, const RowVector& gain) {
        TransformerModel model = small_model();
        model.source_table = source_table;
        model.encoder.final_norm->gain = gain;
        return learner::read_word(source_of("tea"), model);
    };
    const TransformerModel model = small_model();
    check_refused(read, Misfits("source_table, gain", model.source_table, model.encoder.final_norm->gain)
                            .except({"source_table.rows"}));
    const auto ask = [](const Matrix& memory, const Matrix& target_table, const Linear& output) {
        TransformerModel other = small_model();
        other.target_table = target_table;
        other.output = output;
        return learner::next_log_probabilities({source_of("tea"), memory}, {4, 9}, other);
    };
    check_refused(ask, Misfits("memory, target_table, output", small_reading().memory, model.target_table, model.output)
                           .except({"target_table.rows"}));
}

// --------------------------------------------------------------------------------------- pronounce

QKV_TEST("greedy says A in the statement's example", "题目的例子里，贪心说的是 A", "[pronounce]") {
    CHECK_THAT(chained(learner::pronounce({letter_a}, example_chain(), 9)), Equals(Matrix{{4, 2}}));
}

QKV_TEST("forty words that the model has never read are pronounced as PyTorch does",
         "四十个没见过的单词，读音与 PyTorch 相同", "[pronounce]") {
    const auto said = learner::pronounce(first_of(held_sources(), 40), trained_model(), 24);
    CHECK_THAT(chained(said), Equals(chained(first_of(said_by_pytorch(), 40))));
}

QKV_TEST("attention is pronounced as PyTorch does", "attention 的读音与 PyTorch 相同", "[pronounce]") {
    const auto said = learner::pronounce({golden_ids("word/source")}, trained_model(), 24);
    CHECK_THAT(chained(said), Equals(chained({golden_ids("word/said")})));
}

QKV_TEST("each word is pronounced by itself, in its order", "每个单词各读各的，次序不变", "[pronounce]") {
    const std::vector<TokenIds> sources = first_of(held_sources(), 3);
    const auto together = learner::pronounce({sources[1], sources[0], sources[1]}, trained_model(), 24);
    const std::vector<TokenIds> due = first_of(said_by_pytorch(), 2);
    CHECK_THAT(chained(together), Equals(chained({due[1], due[0], due[1]})));
    CHECK(learner::pronounce({}, small_model(), 5).empty());
}

QKV_TEST("padding, begin and unknown are never said, however probable they are", "填充、开始和未知再可能也不说",
         "[pronounce]") {
    for (const int forbidden : {padding_id, begin_id, unknown_id}) {
        const auto model = chain({{begin_id, forbidden, 0.7},
                                  {begin_id, 9, 0.2},
                                  {begin_id, 6, 0.1},
                                  {9, forbidden, 0.9},
                                  {9, end_id, 0.06},
                                  {9, 4, 0.04}});
        CHECK_THAT(chained(learner::pronounce({letter_a}, model, 9)), Equals(Matrix{{9, 2}}));
    }
}

QKV_TEST("the end ends a word, and is not returned", "说到结束就停，结束不返回", "[pronounce]") {
    const auto silent = chain({{begin_id, end_id, 0.6}, {begin_id, 4, 0.4}});
    CHECK_THAT(chained(learner::pronounce({letter_a}, silent, 9)), Equals(Matrix{{2}}));
    const auto one = chain({{begin_id, 15, 1}, {15, end_id, 1}});
    CHECK_THAT(chained(learner::pronounce({letter_a, letter_a}, one, 9)), Equals(Matrix{{15, 2, 15, 2}}));
}

QKV_TEST("the limit counts all that is said", "上限把说出的都算上", "[pronounce]") {
    const auto endless = chain({{begin_id, 5, 1}, {5, 6, 1}, {6, 5, 1}});
    CHECK_THAT(chained(learner::pronounce({letter_a}, endless, 5)), Equals(Matrix{{5, 6, 5, 6, 5, 2}}));
    CHECK_THAT(chained(learner::pronounce({letter_a}, endless, 1)), Equals(Matrix{{5, 2}}));
}

QKV_TEST("ties go to the lowest id", "相等时取编号最小的", "[pronounce]") {
    const auto model =
        chain({{begin_id, 8, 0.4}, {begin_id, 7, 0.4}, {begin_id, 4, 0.2}, {7, 5, 0.5}, {7, end_id, 0.5}});
    CHECK_THAT(chained(learner::pronounce({letter_a}, model, 9)), Equals(Matrix{{7, 2}}));
}

QKV_TEST("a limit below one, and letters that the model does not know, are refused",
         "上限小于一，或模型不认识的字母，要拒绝", "[pronounce]") {
    CHECK_THROWS_AS(learner::pronounce({source_of("tea")}, small_model(), 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::pronounce({}, small_model(), -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::pronounce({source_of("tea"), {1, 31, 2}}, small_model(), 4), std::invalid_argument);
}

// ------------------------------------------------------------------------------------- beam_search

QKV_TEST("two beginnings find what greedy misses: the statement's example",
         "保留两个开头，就找到贪心错过的：题目的例子", "[beam_search]") {
    const auto found = learner::beam_search(letter_a, example_chain(), 2, 0, 9);
    REQUIRE(found.size() == 2);
    CHECK_THAT(ids_of(found), Equals(Matrix{{5, 6, 2, 4, 2}}));
    CHECK_THAT(log_probabilities_of(found), Equals(Matrix{{log_of(0.36), log_of(0.24)}}));
    CHECK_THAT(scores_of(found), SameAs(log_probabilities_of(found)));
    const auto normalised = learner::beam_search(letter_a, example_chain(), 2, 1, 9);
    CHECK_THAT(ids_of(normalised), Equals(Matrix{{5, 6, 2, 4, 2}}));
    CHECK_THAT(scores_of(normalised), Equals(Matrix{{log_of(0.36) * 6 / 8, log_of(0.24) * 6 / 7}}));
}

QKV_TEST("four hypotheses of a word on trained weights are PyTorch's",
         "用训练好的权重，一个单词的四个假设与 PyTorch 相同", "[beam_search]") {
    const auto found = learner::beam_search(golden_ids("word/source"), trained_model(), 4, Scalar{0.6}, 24);
    CHECK_THAT(ids_of(found), Equals(golden("beam/word/ids")));
    CHECK_THAT(log_probabilities_of(found), Equals(golden("beam/word/log_probabilities")));
    CHECK_THAT(scores_of(found), Equals(golden("beam/word/scores")));
}

QKV_TEST("without normalisation, too", "不做归一化时也相同", "[beam_search]") {
    const auto found = learner::beam_search(held_sources()[0], trained_model(), 3, 0, 24);
    CHECK_THAT(ids_of(found), Equals(golden("beam/plain/ids")));
    CHECK_THAT(scores_of(found), Equals(golden("beam/plain/scores")));
}

QKV_TEST("the best of three for eight words that the model has never read", "八个没见过的单词，三个里最好的一个",
         "[beam_search]") {
    std::vector<Hypothesis> best;
    for (const TokenIds& source : first_of(held_sources(), 8)) {
        const auto found = learner::beam_search(source, trained_model(), 3, 1, 24);
        REQUIRE(found.size() == 3);
        best.push_back(found[0]);
    }
    CHECK_THAT(ids_of(best), Equals(golden("beam/held/ids")));
    CHECK_THAT(scores_of(best), Equals(golden("beam/held/scores")));
}

QKV_TEST("a beam of one is greedy", "宽度为一就是贪心", "[beam_search]") {
    std::vector<TokenIds> said;
    for (const TokenIds& source : first_of(held_sources(), 4)) {
        const auto found = learner::beam_search(source, trained_model(), 1, Scalar{0.6}, 24);
        REQUIRE(found.size() == 1);
        said.push_back(found[0].ids);
    }
    CHECK_THAT(chained(said), Equals(chained(first_of(said_by_pytorch(), 4))));
}

QKV_TEST("with a large alpha the longer wins", "alpha 大，长的占优", "[beam_search]") {
    const auto model = chain(
        {{begin_id, 4, 0.55}, {4, end_id, 1}, {begin_id, 5, 0.45}, {5, 6, 1}, {6, 7, 1}, {7, 8, 1}, {8, end_id, 1}});
    CHECK_THAT(ids_of(learner::beam_search(letter_a, model, 2, 0, 9)), Equals(Matrix{{4, 2, 5, 6, 7, 8, 2}}));
    const auto found = learner::beam_search(letter_a, model, 2, 1, 9);
    CHECK_THAT(ids_of(found), Equals(Matrix{{5, 6, 7, 8, 2, 4, 2}}));
    const Scalar longer = log_of(0.45) * 6 / 10, shorter = log_of(0.55) * 6 / 7;
    CHECK_THAT(scores_of(found), Equals(Matrix{{longer, shorter}}));
}

QKV_TEST("what is finished keeps its place: the beam narrows", "说完的占着位置：束变窄", "[beam_search]") {
    const auto model = chain({{begin_id, 4, 0.6},
                              {begin_id, 5, 0.4},
                              {4, end_id, 0.9},
                              {4, 6, 0.1},
                              {5, 6, 0.75},
                              {5, 7, 0.25},
                              {6, end_id, 0.6},
                              {6, 8, 0.4},
                              {8, end_id, 1}});
    const auto found = learner::beam_search(letter_a, model, 2, 0, 9);
    CHECK_THAT(ids_of(found), Equals(Matrix{{4, 2, 5, 6, 2}}));
}

QKV_TEST("what is unfinished at the limit is returned, too; of equal scores the finished one comes first",
         "到上限还没说完的也返回；得分相等时排在先说完的后面", "[beam_search]") {
    const auto model = chain({{begin_id, 9, 0.5}, {begin_id, 5, 0.5}, {9, end_id, 1}, {5, 5, 1}});
    const auto found = learner::beam_search(letter_a, model, 2, 0, 3);
    CHECK_THAT(ids_of(found), Equals(Matrix{{9, 2, 5, 5, 5, 2}}));
    const auto longer = learner::beam_search(letter_a, model, 2, 1, 3);
    CHECK_THAT(ids_of(longer), Equals(Matrix{{5, 5, 5, 2, 9, 2}}));
    const Scalar half = log_of(0.5);
    CHECK_THAT(scores_of(longer), Equals(Matrix{{half * 6 / 8, half * 6 / 7}}));
}

QKV_TEST("ties go to what stands first in the beam, then to the lowest id", "相等时先看束里的次序，再看编号",
         "[beam_search]") {
    const auto model = chain({{begin_id, 8, 0.3},
                              {begin_id, 9, 0.3},
                              {begin_id, 10, 0.3},
                              {8, 4, 0.5},
                              {8, 7, 0.5},
                              {9, 5, 0.5},
                              {9, 6, 0.5},
                              {10, 4, 0.5},
                              {10, 5, 0.5},
                              {4, end_id, 1},
                              {5, end_id, 1},
                              {6, end_id, 1},
                              {7, end_id, 1}});
    const auto found = learner::beam_search(letter_a, model, 3, 0, 9);
    CHECK_THAT(ids_of(found), Equals(Matrix{{8, 4, 2, 8, 7, 2, 9, 5, 2}}));
}

QKV_TEST("there are never more hypotheses than continuations", "假设不会比延续还多", "[beam_search]") {
    CHECK(learner::beam_search(letter_a, example_chain(), 40, 0, 1).size() == 13);
}

QKV_TEST("a beam never says padding, begin or unknown", "束搜索从不说填充、开始和未知", "[beam_search]") {
    for (const int forbidden : {padding_id, begin_id, unknown_id}) {
        const auto model =
            chain({{begin_id, forbidden, 0.6}, {begin_id, 9, 0.3}, {begin_id, 6, 0.1}, {9, end_id, 1}, {6, end_id, 1}});
        const auto found = learner::beam_search(letter_a, model, 2, 0, 9);
        CHECK_THAT(ids_of(found), Equals(Matrix{{9, 2, 6, 2}}));
    }
}

QKV_TEST("no beam, no limit, a negative alpha are refused", "束宽、上限小于一，alpha 为负，要拒绝", "[beam_search]") {
    const TokenIds tea = source_of("tea");
    CHECK_THROWS_AS(learner::beam_search(tea, small_model(), 0, 1, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search(tea, small_model(), 2, 1, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search(tea, small_model(), 2, Scalar{-0.5}, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search({1, 31, 2}, small_model(), 2, 1, 4), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- error_rate

QKV_TEST("the statement's words need three changes for six phonemes", "题目里的单词：六个音素要改三处",
         "[error_rate]") {
    CHECK(learner::edit_distance({23, 5, 34}, {23, 6, 34, 32}) == 2);
    CHECK(learner::edit_distance({8, 10, 21}, {10, 21}) == 1);
    const Matrix rate =
        filled(1, 1, learner::phoneme_error_rate({{23, 5, 34}, {8, 10, 21}}, {{23, 6, 34, 32}, {10, 21}}));
    CHECK_THAT(rate, Equals(filled(1, 1, 0.5)));
}

QKV_TEST("equal lists differ by nothing, an empty one by the length of the other",
         "相同的列表距离为零；与空列表的距离就是长度", "[error_rate]") {
    CHECK(learner::edit_distance({4, 9, 4}, {4, 9, 4}) == 0);
    CHECK(learner::edit_distance({}, {4, 9, 4}) == 3);
    CHECK(learner::edit_distance({4, 9, 4, 7}, {}) == 4);
    CHECK(learner::edit_distance({}, {}) == 0);
}

QKV_TEST("deleting, inserting and replacing cost one each", "删除、插入、替换各算一步", "[error_rate]") {
    CHECK(learner::edit_distance({4, 5, 6, 7}, {4, 6, 7}) == 1);
    CHECK(learner::edit_distance({4, 6, 7}, {4, 5, 6, 7}) == 1);
    CHECK(learner::edit_distance({4, 5, 6, 7}, {4, 9, 6, 7}) == 1);
    CHECK(learner::edit_distance({4, 5, 6}, {5, 6, 4}) == 2);
    CHECK(learner::edit_distance({4, 5}, {5, 4}) == 2);
}

QKV_TEST("ids are numbers of any size, and compared whole", "编号可以是任意大小的数，要整个地比较", "[error_rate]") {
    CHECK(learner::edit_distance({0, 256, 65536}, {256, 0, 0}) == 3);
    CHECK(learner::edit_distance({1000000, -1}, {1000000, 255}) == 1);
}

QKV_TEST("from kitten to sitting there are three changes", "从 kitten 到 sitting 要改三处", "[error_rate]") {
    const TokenIds kitten{14, 12, 23, 23, 8, 17}, sitting{22, 12, 23, 23, 12, 17, 10};
    CHECK(learner::edit_distance(kitten, sitting) == 3);
    CHECK(learner::edit_distance(sitting, kitten) == 3);
}

QKV_TEST("long lists are no trouble", "列表很长也不成问题", "[error_rate]") {
    TokenIds first, second;
    for (int i = 0; i < 200; ++i) first.push_back(i % 7), second.push_back((i + 3) % 7);
    CHECK(learner::edit_distance(first, second) == 6);
}

QKV_TEST("the rate of 500 words that the model has never read is PyTorch's",
         "500 个没见过的单词，错误率与 PyTorch 的相同", "[error_rate]") {
    const Scalar rate = learner::phoneme_error_rate(said_by_pytorch(), held_phonemes());
    CHECK_THAT(filled(1, 1, rate), Equals(golden("held/rate")));
}

QKV_TEST("long words weigh more: changes over phonemes, not a mean of rates",
         "长单词占的分量更大：总改动除以总音素数，不是错误率的平均", "[error_rate]") {
    const Scalar rate = learner::phoneme_error_rate({{4}, {5, 6, 7, 8, 9, 10, 11}}, {{9}, {5, 6, 7, 8, 9, 10, 11}});
    CHECK_THAT(filled(1, 1, rate), Equals(filled(1, 1, 0.125)));
}

QKV_TEST("the rate is over what is right, and may be above one", "错误率除以正确答案的长度，可以大于一",
         "[error_rate]") {
    CHECK_THAT(filled(1, 1, learner::phoneme_error_rate({{4, 5, 6, 7, 8}}, {{9, 9}})), Equals(filled(1, 1, 2.5)));
    CHECK_THAT(filled(1, 1, learner::phoneme_error_rate({{}, {4}}, {{9, 9}, {}})), Equals(filled(1, 1, 1.5)));
    CHECK_THAT(filled(1, 1, learner::phoneme_error_rate({{4, 5}}, {{4, 5}})), Equals(filled(1, 1, 0)));
}

QKV_TEST("as many words must be said as are expected, and something must be", "说的与该说的单词一样多，而且总要有音素",
         "[error_rate]") {
    CHECK_THROWS_AS(learner::phoneme_error_rate({{4}}, {{4}, {5}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::phoneme_error_rate({{4}, {5}, {6}}, {{4}, {5}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::phoneme_error_rate({}, {}), std::invalid_argument);
    CHECK_THROWS_AS(learner::phoneme_error_rate({{4}, {}}, {{}, {}}), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------- align

QKV_TEST("on trained weights the last cross-attention is PyTorch's",
         "用训练好的权重，最后一层的交叉注意力与 PyTorch 相同", "[align]") {
    const Scene asked = scene("word");
    const Alignment found = learner::align(asked.reading, asked.said, asked.model);
    CHECK_THAT(found.weights, Equals(golden("word/weights")));
    CHECK_THAT(as_row(found.letters), Equals(golden("word/letters")));
}

QKV_TEST("so it is with padding, which gets no weight", "有填充时也相同，填充的权重为零", "[align]") {
    const Scene asked = scene("padded");
    const Alignment found = learner::align(asked.reading, asked.said, asked.model);
    CHECK_THAT(found.weights, Equals(golden("padded/weights")));
    CHECK_THAT(as_row(found.letters), Equals(golden("padded/letters")));
}

QKV_TEST("so it is in post-norm order", "后置归一化时也相同", "[align]") {
    const Scene asked = scene("short");
    const Alignment found = learner::align(asked.reading, asked.said, asked.model);
    CHECK_THAT(found.weights, Equals(golden("short/weights")));
    CHECK_THAT(as_row(found.letters), Equals(golden("short/letters")));
}

QKV_TEST("a row is that of the choice: it does not know the phoneme that comes of it",
         "一行对应一次选择：它还不知道选出的是什么", "[align]") {
    const Matrix one = learner::align(small_reading(), {5, 9, 7}, small_model()).weights,
                 other = learner::align(small_reading(), {5, 12, 4}, small_model()).weights;
    REQUIRE((one.rows() == 3 && one.cols() == 3 && other.rows() == 3 && other.cols() == 3));
    CHECK_THAT(other.topRows(2), SameAs(one.topRows(2)));
    CHECK((other.row(2) - one.row(2)).cwiseAbs().maxCoeff() > 0.0001);
}

QKV_TEST("attention that looks for nothing has the same weight everywhere, and the first letter gets it",
         "什么也不找的注意力处处相同，取第一个字母", "[align]") {
    TransformerModel model = small_model();
    model.decoder.layers[0].cross_attention.query = {Matrix::Zero(6, 6), RowVector::Zero(6)};
    const Alignment found = learner::align(small_reading(), {5, 9}, model);
    CHECK_THAT(found.weights, Equals(filled(2, 3, 0.2)));
    CHECK_THAT(as_row(found.letters), Equals(filled(1, 2, 0)));
}

QKV_TEST("begin and end are no letters, even if they are looked at most", "开始和结束不是字母，看得再多也不算",
         "[align]") {
    TransformerModel model = small_model();
    model.decoder.layers[0].cross_attention.query = {Matrix::Zero(6, 6), RowVector{{0, 0, 1, 0, 0, 1}}};
    model.decoder.layers[0].cross_attention.key = {Matrix::Identity(6, 6), RowVector::Zero(6)};
    Reading reading{source_of("tea"), Matrix::Zero(5, 6)};
    const Scalar unit = std::sqrt(Scalar{3});  // of the scores, which are divided by it
    reading.memory.col(2) << 9, 0, std::log(Scalar{2}), std::log(Scalar{3}), 9;
    reading.memory.col(5) << 9, 0, std::log(Scalar{2}), std::log(Scalar{3}), 9;
    reading.memory *= unit;
    const Scalar total = 1 + 2 + 3 + 2 * std::exp(Scalar{9});
    const Alignment found = learner::align(reading, {5}, model);
    CHECK_THAT(found.weights, Equals(Matrix{{1, 2, 3}} / total));
    CHECK_THAT(as_row(found.letters), Equals(filled(1, 1, 2)));
}

QKV_TEST("if nothing was said, nothing is aligned", "什么都没说，就没有对齐", "[align]") {
    const Alignment found = learner::align(small_reading(), {}, small_model());
    CHECK(found.weights.rows() == 0);
    CHECK(found.letters.empty());
}

QKV_TEST("what comes after the last cross-attention changes nothing", "最后一层交叉注意力之后的部分毫无影响",
         "[align]") {
    TransformerModel model = small_model();
    model.output.bias *= -3;
    model.decoder.final_norm->bias.array() += 2;
    model.decoder.layers[0].feed_forward.outer.weight *= 5;
    model.decoder.layers[0].cross_attention.value.weight *= -2;
    const Matrix plain = learner::align(small_reading(), {5, 9, 7}, small_model()).weights;
    CHECK_THAT(learner::align(small_reading(), {5, 9, 7}, model).weights, SameAs(plain));
}

QKV_TEST("a word without letters, a decoder without layers, ids and shapes that do not fit are refused",
         "没有字母的单词、没有层的解码器、不符的编号和形状，要拒绝", "[align]") {
    TransformerModel model = small_model();
    CHECK_THROWS_AS(learner::align({{begin_id, end_id}, uneven(2, 6, 1)}, {5}, model), std::invalid_argument);
    CHECK_THROWS_AS(learner::align(small_reading(), {5, 13}, model), std::invalid_argument);
    CHECK_THROWS_AS(learner::align({source_of("tea"), uneven(6, 6, 1)}, {5}, model), std::invalid_argument);
    CHECK_THROWS_AS(learner::align({source_of("tea"), uneven(5, 7, 1)}, {5}, model), std::invalid_argument);
    model.decoder.layers.clear();
    CHECK_THROWS_AS(learner::align(small_reading(), {5}, model), std::invalid_argument);
}
