// The grader of `story_questions`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. Golden values: what PyTorch makes of the trained weights.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace story_questions::tests;
using memory_network::AdjacentModel;
using memory_network::Encoding;
using story_questions::Asked;
using story_questions::Trace;

namespace {

/// "mary|went|to"
std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
    return text;
}

/// The ids of all sentences, -1 behind each; then the question's.
Matrix in_one_row(const Asked& asked) {
    TokenIds all;
    for (const TokenIds& sentence : asked.story) {
        all.insert(all.end(), sentence.begin(), sentence.end());
        all.push_back(-1);
    }
    all.insert(all.end(), asked.question.begin(), asked.question.end());
    return as_row(all);
}

Matrix every(const Matrix& numbers, Index step) { return as_row(numbers_of<Scalar>(numbers, step)); }

void check_trace(const Trace& trace, const std::string& name) {
    CHECK_THAT(trace.weights, Equals(golden(name + "/weights")));
    CHECK_THAT(trace.states, Equals(golden(name + "/states")));
    CHECK_THAT(trace.logits, Equals(golden(name + "/logits")));
}

}  // namespace

// ------------------------------------------------------------------------------------------- words

QKV_TEST("the words of the statement come out, and their ids", "题目里的词和编号结果正确", "[words]") {
    CHECK(joined(learner::split_words("Mary took ball. Where ball?")) == "mary|took|ball|where|ball");
    CHECK_THAT(as_row(learner::words_to_ids({"mary", "took", "ball", "where", "ball"}, example_vocabulary)),
               Equals(Matrix{{0, 2, 4, 7, 4}}));
}

QKV_TEST("spaces and punctuation end a word, however many there are", "空白和标点结束一个词，连着多少个都一样",
         "[words]") {
    CHECK(joined(learner::split_words("  a\tb\nc\r\nd.e,f;g:h!i?j\"k(l)m  ")) == "a|b|c|d|e|f|g|h|i|j|k|l|m");
    CHECK(joined(learner::split_words("\"One, (two)... three!?\"")) == "one|two|three");
}

QKV_TEST("the last word needs no full stop", "最后一个词后面不必有句号", "[words]") {
    CHECK(joined(learner::split_words("mary left")) == "mary|left");
    CHECK(joined(learner::split_words("x")) == "x");
}

QKV_TEST("a text without words has none, and no word is empty", "没有词的文本就没有词，也没有空的词", "[words]") {
    CHECK(learner::split_words("").empty());
    CHECK(learner::split_words(" .\n ?! ").empty());
}

QKV_TEST("all capitals become small, and nothing else changes", "大写字母都变小写，其余不变", "[words]") {
    CHECK(joined(learner::split_words("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == "abcdefghijklmnopqrstuvwxyz");
    CHECK(joined(learner::split_words("Omar's @[`{ x-Y 4_Z")) == "omar's|@[`{|x-y|4_z");
    CHECK(joined(learner::split_words("a\vb c\fd")) == "a\vb|c\fd");  // the list of what ends a word is complete
    CHECK(joined(learner::split_words("Caf\xc3\x89 \xe5\x8e\xa8")) == "caf\xc3\x89|\xe5\x8e\xa8");
}

QKV_TEST("every word that the network knows has its place as id", "网络认识的每个词，编号就是它的位置", "[words]") {
    TokenIds all;
    for (std::size_t id = 0; id < vocabulary().size(); ++id) all.push_back(static_cast<int>(id));
    CHECK_THAT(as_row(learner::words_to_ids(vocabulary(), vocabulary())), Equals(as_row(all)));
    CHECK(learner::words_to_ids({}, vocabulary()).empty());
}

QKV_TEST("a word is compared whole and as it is; of equal ones in the vocabulary the first counts",
         "词要整个、原样地比较；词表里有相同的词时，第一个算数", "[words]") {
    const Words words{"a", "ab", "b", "ab", "B", "abc"};
    CHECK_THAT(as_row(learner::words_to_ids({"abc", "ab", "b", "B", "a"}, words)), Equals(Matrix{{5, 1, 2, 4, 0}}));
}

QKV_TEST("a word that the network does not know is refused", "网络不认识的词要拒绝", "[words]") {
    CHECK_THROWS_AS(learner::words_to_ids({"mary", "swam"}, vocabulary()), std::invalid_argument);
    CHECK_THROWS_AS(learner::words_to_ids({"Mary"}, vocabulary()), std::invalid_argument);
    CHECK_THROWS_AS(learner::words_to_ids({"mar"}, vocabulary()), std::invalid_argument);
    CHECK_THROWS_AS(learner::words_to_ids({"mary"}, {}), std::invalid_argument);
}

// ----------------------------------------------------------------------------------------- reading

QKV_TEST("the text of the statement becomes three sentences and a question", "题目里的文本成为三句话和一个问题",
         "[reading]") {
    const Asked asked = learner::read_text(example_text, example_vocabulary);
    CHECK(asked.story.size() == 3);
    CHECK_THAT(in_one_row(asked), Equals(in_one_row(example)));
}

QKV_TEST("stories that were written out are read back", "写成文字的故事能原样读回", "[reading]") {
    for (const Index n : {0, 99, 100, 199, 200, 299}) {
        const Asked asked = learner::read_text(text_of(held(n)), vocabulary());
        CHECK_THAT(in_one_row(asked), Equals(in_one_row(held(n))));
    }
}

QKV_TEST("the oldest sentence comes first", "最早的一句排在最前", "[reading]") {
    const Asked asked = learner::read_text("a. b b. c c c. d?", {"a", "b", "c", "d"});
    CHECK_THAT(in_one_row(asked), Equals(Matrix{{0, -1, 1, 1, -1, 2, 2, 2, -1, 3}}));
}

QKV_TEST("a question may be asked without any story", "没有故事也可以提问", "[reading]") {
    const Asked asked = learner::read_text("where, where?", example_vocabulary);
    CHECK(asked.story.empty());
    CHECK_THAT(as_row(asked.question), Equals(Matrix{{7, 7}}));
}

QKV_TEST("exclamation marks end sentences as full stops do; sentences without words are skipped",
         "感叹号和句号一样结束句子；没有词的句子跳过", "[reading]") {
    const Asked asked = learner::read_text("a!.. \n. b, a;\nb! ! d? \n", {"a", "b", "c", "d"});
    CHECK_THAT(in_one_row(asked), Equals(Matrix{{0, -1, 1, 0, 1, -1, 3}}));
}

QKV_TEST("a line is no sentence: only . and ! end one", "换行不是句子的结尾，只有 . 和 ! 才是", "[reading]") {
    const Asked asked = learner::read_text("a\nb. c\nd?\n\t\"!", {"a", "b", "c", "d"});
    CHECK_THAT(in_one_row(asked), Equals(Matrix{{0, 1, -1, 2, 3}}));
}

QKV_TEST("no question, two questions, a question without words, words behind it: refused",
         "没有问题、两个问题、问题没有词、问题后面还有词，都要拒绝", "[reading]") {
    for (const char* text : {"", "a. b.", "a", "a? b?", "a??", "?", "a. ?", "a! , ?", "a? b.", "a? b", "a. b? . c"}) {
        INFO(text);
        CHECK_THROWS_AS(learner::read_text(text, {"a", "b", "c"}), std::invalid_argument);
    }
}

QKV_TEST("unknown words are refused in the story and in the question", "故事和问题里的生词都要拒绝", "[reading]") {
    CHECK_THROWS_AS(learner::read_text("a x. a?", {"a", "b"}), std::invalid_argument);
    CHECK_THROWS_AS(learner::read_text("a. b x?", {"a", "b"}), std::invalid_argument);
    CHECK_THROWS_AS(learner::read_text("a?", {}), std::invalid_argument);
}

// ------------------------------------------------------------------------------------- look_inside

QKV_TEST("the ball of the statement is found in two hops", "题目里的球，两跳找到", "[look_inside]") {
    check_trace(learner::look_inside(example, example_model(), Encoding::bag_of_words), "example");
}

QKV_TEST("of the trained network, weights, states and logits are PyTorch's, for each kind",
         "训练好的网络，权重、状态和 logits 都与 PyTorch 一致，三类故事都是", "[look_inside]") {
    for (const Index n : {0, 100, 200}) {
        check_trace(learner::look_inside(held(n), trained_model(), Encoding::position), std::to_string(n));
    }
}

QKV_TEST("of a network of random numbers, with a sentence without words, they are PyTorch's",
         "随机数的网络，有一句话没有词，结果也与 PyTorch 一致", "[look_inside]") {
    check_trace(learner::look_inside(small_asked, small_model(), Encoding::position), "small");
    check_trace(learner::look_inside(small_asked, small_model(), Encoding::bag_of_words), "small_bag");
}

QKV_TEST("every hop's weights sum to one", "每一跳的权重之和为 1", "[look_inside]") {
    const Trace trace = learner::look_inside(held(250), trained_model(), Encoding::position);
    CHECK_THAT(trace.weights.rowwise().sum(), Equals(filled(3, 1, 1)));
}

QKV_TEST("a long story is forgotten from its beginning: weights 0, and everything else as if it had never been told",
         "太长的故事从开头忘起：权重为 0，其余如同从未说过", "[look_inside]") {
    const Trace trace = learner::look_inside(long_asked, small_model(), Encoding::position);
    REQUIRE((trace.weights.rows() == 2 && trace.weights.cols() == 7));
    CHECK_THAT(trace.weights.leftCols(3), Equals(Matrix::Zero(2, 3)));
    CHECK_THAT(trace.weights.rightCols(4), Equals(golden("small/weights")));
    CHECK_THAT(trace.states, Equals(golden("small/states")));
    CHECK_THAT(trace.logits, Equals(golden("small/logits")));
}

QKV_TEST("the shortest table says how much is remembered, whichever it is", "最短的表决定记住多少，不管是哪一张",
         "[look_inside]") {
    for (const std::size_t table : {0U, 1U, 2U}) {
        AdjacentModel model = small_model();
        for (Matrix& ages : model.temporal) ages = ages.topRows(4).replicate(2, 1).eval();
        model.temporal[table] = model.temporal[table].topRows(3).eval();
        const Trace trace = learner::look_inside(long_asked, model, Encoding::position);
        REQUIRE((trace.weights.rows() == 2 && trace.weights.cols() == 7));
        CHECK_THAT(trace.weights.leftCols(4), Equals(Matrix::Zero(2, 4)));
        CHECK_THAT(trace.weights.rightCols(3).rowwise().sum(), Equals(filled(2, 1, 1)));
    }
}

QKV_TEST("without temporal tables nothing is forgotten", "没有时间表，什么也不忘", "[look_inside]") {
    AdjacentModel model = small_model();
    model.temporal.clear();
    Asked asked = small_asked;
    asked.story.resize(70, {3, 1});
    const Trace trace = learner::look_inside(asked, model, Encoding::bag_of_words);
    REQUIRE((trace.weights.rows() == 2 && trace.weights.cols() == 70));
    CHECK(trace.weights.minCoeff() > 0);
}

QKV_TEST("of an empty story, and of one all forgotten, every state is the question's",
         "没有故事，或全部忘掉，每个状态都是问题的状态", "[look_inside]") {
    AdjacentModel model = small_model();
    const Trace nothing = learner::look_inside({{}, small_asked.question}, model, Encoding::position);
    CHECK((nothing.weights.rows() == 2 && nothing.weights.cols() == 0));
    CHECK_THAT(nothing.states, Equals(golden("small/states").row(0).replicate(3, 1)));
    for (Matrix& ages : model.temporal) ages = Matrix(0, 5);
    const Trace forgotten = learner::look_inside(small_asked, model, Encoding::position);
    CHECK_THAT(forgotten.weights, Equals(Matrix::Zero(2, 4)));
    CHECK_THAT(forgotten.states, Equals(golden("small/states").row(0).replicate(3, 1)));
    CHECK_THAT(forgotten.logits, Equals(golden("small/states").row(0) * golden("small/embeddings/2").transpose()));
}

QKV_TEST("scores of any size make weights", "打分再大，也能得到权重", "[look_inside]") {
    AdjacentModel model = example_model();
    model.embeddings[0] *= 1000;
    const Trace trace = learner::look_inside(example, model, Encoding::bag_of_words);
    REQUIRE((trace.weights.rows() == 2 && trace.weights.cols() == 3));
    CHECK_THAT(trace.weights.row(0), Equals(Matrix{{1, 0, 0}}));
}

QKV_TEST("a model that does not fit, and words that it does not know, are refused", "模型不符、有不认识的词，都要拒绝",
         "[look_inside]") {
    const auto look = [](const AdjacentModel& model) {
        return learner::look_inside(small_asked, model, Encoding::position);
    };
    const Misfits misfits("model", small_model());
    check_refused(look, misfits.except({"model.temporal.rows", "model.temporal.size()"}));
    for (const std::size_t n_tables : {1U, 2U, 4U}) {
        AdjacentModel model = small_model();
        model.temporal.resize(n_tables, model.temporal[0]);
        CHECK_THROWS_AS(look(model), std::invalid_argument);
    }
    Asked asked = small_asked;
    asked.question[1] = 9;
    CHECK_THROWS_AS(learner::look_inside(asked, small_model(), Encoding::position), std::invalid_argument);
    asked = small_asked;
    asked.story[3][2] = -1;
    CHECK_THROWS_AS(learner::look_inside(asked, small_model(), Encoding::position), std::invalid_argument);
    CHECK_THROWS_AS(learner::look_inside(asked, {}, Encoding::position), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------ answer

QKV_TEST("the ball of the statement is in the garden", "题目里的球在花园", "[answer]") {
    const AdjacentModel model = example_model();
    CHECK_THAT(as_row(learner::answers({example}, model, Encoding::bag_of_words)), Equals(Matrix{{5}}));
    CHECK(learner::answer_text(example_text, example_vocabulary, model, Encoding::bag_of_words) == "garden");
}

QKV_TEST("sixty held-out stories get the answers that PyTorch gives", "六十个未见过的故事，答案都与 PyTorch 相同",
         "[answer]") {
    const TokenIds said = learner::answers(some_held(5), trained_model(), Encoding::position);
    CHECK_THAT(as_row(said), Equals(every(golden("said"), 5)));
}

QKV_TEST("a story of each kind, in plain words, is answered by the word that PyTorch gives",
         "三类故事各一个，用文字读入，答出的词与 PyTorch 相同", "[answer]") {
    for (const Index n : {1, 101, 201}) {
        const auto id = static_cast<std::size_t>(golden("said")(0, n));
        CHECK(learner::answer_text(text_of(held(n)), vocabulary(), trained_model(), Encoding::position) ==
              vocabulary()[id]);
    }
}

QKV_TEST("the encoding that is asked for is used", "用的是所要求的编码", "[answer]") {
    const std::vector<Asked> asked = {small_asked, {{{0}, {1, 2}}, {3, 4, 5, 6}}, {{{5, 6}}, {8, 0}}};
    for (const auto& [encoding, name] :
         {std::pair{Encoding::position, "small/said"}, {Encoding::bag_of_words, "small_bag/said"}})
        CHECK_THAT(as_row(learner::answers(asked, small_model(), encoding)), Equals(golden(name)));
}

QKV_TEST("of equal logits the lowest id answers, and all may be far below zero",
         "logits 相等时由编号最小的回答；它们也可以全都远小于零", "[answer]") {
    const Asked asked{{}, {0}};
    AdjacentModel model{{filled(70, 1, 1), filled(70, 1, -1e12)}, {}};
    model.embeddings[1](3, 0) = model.embeddings[1](11, 0) = model.embeddings[1](69, 0) = -1e11;
    CHECK_THAT(as_row(learner::answers({asked}, model, Encoding::bag_of_words)), Equals(Matrix{{3}}));
    model.embeddings[1].setZero();
    CHECK_THAT(as_row(learner::answers({asked, asked}, model, Encoding::bag_of_words)), Equals(Matrix{{0, 0}}));
}

QKV_TEST("the smallest difference of two logits is no tie", "两个 logits 之差再小也不算相等", "[answer]") {
    AdjacentModel model{{filled(5, 1, 1), filled(5, 1, 1)}, {}};
    model.embeddings[1](3, 0) += std::numeric_limits<Scalar>::epsilon();
    const Asked asked{{}, {0}};
    CHECK_THAT(as_row(learner::answers({asked}, model, Encoding::bag_of_words)), Equals(Matrix{{3}}));
}

QKV_TEST("a story longer than the tables is answered from its newest sentences", "比表还长的故事，由最新的几句回答",
         "[answer]") {
    Asked asked = held(0);
    asked.story.assign(30, held(250).story[0]);
    asked.story.insert(asked.story.end(), held(200).story.begin(), held(200).story.end());
    asked.question = held(200).question;
    Asked remembered = asked;
    remembered.story.erase(remembered.story.begin(), remembered.story.end() - 20);
    CHECK_THAT(as_row(learner::answers({asked, remembered}, trained_model(), Encoding::position)),
               Equals(golden("long/said")));
    CHECK_THAT(as_row(learner::answers({long_asked}, small_model(), Encoding::position)),
               Equals(golden("small/said").leftCols(1)));
}

QKV_TEST("every story is answered by itself, and no stories have no answers", "每个故事各答各的；没有故事就没有答案",
         "[answer]") {
    const TokenIds said = learner::answers({held(5), held(110), held(5)}, trained_model(), Encoding::position);
    const Matrix all = golden("said");
    CHECK_THAT(as_row(said), Equals(Matrix{{all(0, 5), all(0, 110), all(0, 5)}}));
    CHECK(learner::answers({}, trained_model(), Encoding::position).empty());
}

QKV_TEST("a vocabulary of another length, an unknown word, a model that does not fit: refused",
         "词表长度不符、有生词、模型不符，都要拒绝", "[answer]") {
    const AdjacentModel model = example_model();
    Words more = example_vocabulary, fewer = example_vocabulary;
    more.push_back("attic");
    fewer.pop_back();
    CHECK_THROWS_AS(learner::answer_text(example_text, more, model, Encoding::position), std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_text("Mary took ball. Took ball?", fewer, model, Encoding::position),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_text("Mary took apple. Where ball?", example_vocabulary, model, Encoding::position),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::answer_text(example_text, example_vocabulary, {}, Encoding::position),
                    std::invalid_argument);
    const auto answer = [](const AdjacentModel& misfit) {
        return learner::answers({small_asked}, misfit, Encoding::position);
    };
    check_refused(answer, Misfits("model", small_model()).except({"model.temporal.rows", "model.temporal.size()"}));
    const AdjacentModel of_no_words{{Matrix(0, 2), Matrix(0, 2)}, {}};
    CHECK_THROWS_AS(learner::answers({{{}, {}}}, of_no_words, Encoding::position), std::invalid_argument);
}

// ----------------------------------------------------------------------------------------- support

QKV_TEST("the two hops of the statement are supported by the first and the third sentence",
         "题目里的两跳，依据是第一句和第三句", "[support]") {
    CHECK_THAT(as_row(learner::supporting_sentences(golden("example/weights"))), Equals(Matrix{{0, 2}}));
}

QKV_TEST("of PyTorch's weights, the supporting sentences are PyTorch's", "由 PyTorch 的权重，得到的依据与 PyTorch 一致",
         "[support]") {
    for (const Index n : {0, 100, 200}) {
        CHECK_THAT(as_row(learner::supporting_sentences(golden(std::to_string(n) + "/weights"))),
                   Equals(golden("found").row(n)));
    }
}

QKV_TEST("of equal weights the newest sentence is taken", "权重相等时取最新的一句", "[support]") {
    const Matrix weights{{0.25, 0.25, 0.25, 0.25}, {0.375, 0.125, 0.375, 0.125}, {0, 0, 0, 0}, {0.5, 0.25, 0.25, 0}};
    CHECK_THAT(as_row(learner::supporting_sentences(weights)), Equals(Matrix{{3, 2, 3, 0}}));
}

QKV_TEST("the smallest difference of two weights is no tie", "两个权重之差再小也不算相等", "[support]") {
    const Scalar more = Scalar{0.25} * (1 + std::numeric_limits<Scalar>::epsilon());
    CHECK_THAT(as_row(learner::supporting_sentences(Matrix{{0.25, more, 0.25, 0.25}})), Equals(Matrix{{1}}));
}

QKV_TEST("there is one sentence for each hop, among however many", "每一跳一句，不管一共多少句", "[support]") {
    Matrix weights = filled(70, 66, 0.0078125);
    for (Index k = 0; k < 70; ++k) weights(k, (7 * k) % 66) = 0.5;
    std::vector<Index> expected;
    for (Index k = 0; k < 70; ++k) expected.push_back((7 * k) % 66);
    CHECK_THAT(as_row(learner::supporting_sentences(weights)), Equals(as_row(expected)));
    CHECK_THAT(as_row(learner::supporting_sentences(filled(3, 1, 1))), Equals(Matrix{{0, 0, 0}}));
    CHECK(learner::supporting_sentences(Matrix(0, 3)).empty());
}

QKV_TEST("hops over no sentences are refused", "没有句子却有跳，要拒绝", "[support]") {
    CHECK_THROWS_AS(learner::supporting_sentences(Matrix(2, 0)), std::invalid_argument);
}

// ---------------------------------------------------------------------------------------- evaluate

QKV_TEST("the shares of the statement come out", "题目里的比例结果正确", "[evaluate]") {
    const std::vector<Index> kinds{0, 2, 0, 2, 2};
    CHECK_THAT(learner::accuracy_by_kind({5, 6, 5, 4, 5}, {5, 6, 6, 4, 6}, kinds, 4),
               Equals(Matrix{{0.5, 0, Scalar{2} / 3, 0}}));
    const Matrix found{{0, 2}, {1, 1}, {3, 0}, {2, 0}, {0, 0}}, expected{{0, 2}, {1, 0}, {3, 3}, {2, 0}, {1, 1}};
    CHECK_THAT(learner::support_by_kind(found, expected, kinds, 4),
               Equals(Matrix{{1, 0.5}, {0, 0}, {Scalar{2} / 3, Scalar{1} / 3}, {0, 0}}));
}

QKV_TEST("with PyTorch's answers and weights for the 300 stories, the shares are PyTorch's",
         "用 PyTorch 对 300 个故事的答案和权重，得到的比例与 PyTorch 一致", "[evaluate]") {
    const auto kinds = numbers_of<Index>(trained("held/kinds"));
    const auto said = numbers_of<int>(golden("said")), right = numbers_of<int>(trained("held/answers"));
    CHECK_THAT(learner::accuracy_by_kind(said, right, kinds, n_kinds), Equals(golden("accuracy")));
    CHECK_THAT(learner::support_by_kind(golden("found"), trained("held/support"), kinds, n_kinds),
               Equals(golden("support")));
}

QKV_TEST("all right is 1, all wrong is 0, and a kind without stories is 0", "全对是 1，全错是 0，没有故事的类别是 0",
         "[evaluate]") {
    CHECK_THAT(learner::accuracy_by_kind({4, 4, 1}, {4, 4, 1}, {1, 1, 1}, 2), Equals(Matrix{{0, 1}}));
    CHECK_THAT(learner::accuracy_by_kind({4, 4, 1}, {1, 1, 4}, {0, 0, 1}, 2), Equals(Matrix{{0, 0}}));
    CHECK_THAT(learner::accuracy_by_kind({}, {}, {}, 3), Equals(Matrix{{0, 0, 0}}));
    CHECK_THAT(learner::support_by_kind(Matrix(0, 2), Matrix(0, 2), {}, 3), Equals(Matrix::Zero(3, 2)));
    CHECK_THAT(learner::support_by_kind(Matrix{{1, 2}}, Matrix{{1, 3}}, {1}, 2), Equals(Matrix{{0, 0}, {1, 0}}));
}

QKV_TEST("kinds may be mixed and many, and hops, too", "类别可以混在一起，可以很多，跳数也是", "[evaluate]") {
    TokenIds said, right;
    std::vector<Index> kinds;
    Matrix expected = Matrix::Zero(1, 70), found(140, 66);
    for (int n = 0; n < 140; ++n) {
        said.push_back(n % 3);
        right.push_back(0);
        kinds.push_back((n * 11) % 70);
        if (n % 3 == 0) expected(0, (n * 11) % 70) += 0.5;
        found.row(n).setConstant(static_cast<Scalar>(n % 3));
    }
    CHECK_THAT(learner::accuracy_by_kind(said, right, kinds, 70), Equals(expected));
    CHECK_THAT(learner::support_by_kind(found, Matrix::Zero(140, 66), kinds, 70),
               Equals(expected.transpose().replicate(1, 66)));
}

QKV_TEST("lists that do not fit, kinds that are none, and no kinds at all are refused",
         "长度不符、类别不存在、一个类别也没有，都要拒绝", "[evaluate]") {
    const std::vector<Index> kinds{0, 1, 0};
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2}, {1, 2, 3}, kinds, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2, 3}, {1, 2}, kinds, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2}, {1, 2}, kinds, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2, 3}, {1, 2, 3}, {0, 1}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2, 3}, {1, 2, 3}, kinds, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({1, 2, 3}, {1, 2, 3}, {0, -1, 0}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy_by_kind({}, {}, {}, 0), std::invalid_argument);
    const Matrix found = filled(3, 2, 1);
    check_refused(learner::support_by_kind, Misfits("found, expected, kinds, n_kinds", found, found, kinds, Index{2}));
    CHECK_THROWS_AS(learner::support_by_kind(found, found, {0, 2, 1}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::support_by_kind(found, found, {0, -1, 1}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::support_by_kind(Matrix(0, 2), Matrix(0, 2), {}, 0), std::invalid_argument);
}
