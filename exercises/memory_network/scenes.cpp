// What a memory network reads, hop by hop: ./grade show memory_network.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace memory_network;
using namespace qkv::testing;
using Words = std::vector<std::string>;

const Words vocabulary = {"apples", "grapes", "where", "Joe", "Ann", "town", "home", "took", "went", "to", "are", "is"};
constexpr Index n_vocabulary = 12, d = 7;

TokenIds ids_of(const std::string& sentence) {
    TokenIds ids;
    for (const std::string& word : words_of(sentence)) {
        int id = 0;
        while (word != vocabulary[static_cast<std::size_t>(id)]) ++id;
        ids.push_back(id);
    }
    return ids;
}

Story story_of(const Words& sentences) {
    Story story;
    for (const std::string& sentence : sentences) story.push_back(ids_of(sentence));
    return story;
}

/// A table of embeddings, zero but for one feature of each of these words.
Matrix table_of(const std::vector<std::pair<int, Index>>& features) {
    Matrix table = Matrix::Zero(n_vocabulary, d);
    for (const auto& [word, feature] : features) table(word, feature) = 2;
    return table;
}

/// Two hops, made by hand. The first table knows things, the second persons, the third places; "where" and "went"
/// share feature 2, by which the second hop prefers sentences that move somebody.
AdjacentModel things_persons_places() {
    return {{table_of({{0, 0}, {1, 1}, {2, 2}}), table_of({{3, 3}, {4, 4}, {8, 2}}), table_of({{5, 5}, {6, 6}})}, {}};
}

/// Each row's logits as probabilities.
RowVector probabilities_of(const RowVector& logits) {
    const RowVector raised = (logits.array() - logits.maxCoeff()).exp();
    return raised / raised.sum();
}

}  // namespace

QKV_SCENE("How does a sentence tell its beginning from its end?", "一句话怎样区分开头和结尾？", "[position_encoding]") {
    say(
        {"Rows are words, columns are features. The features on the left hear the first words best, those on the right "
         "the last ones; in the middle all words are equally loud.",
         "行是词，列是特征。左边的特征听得最清楚的是开头的词，右边的是结尾的词；正中间，各个词一样响。"});
    show({"weights for 6 words and 12 features", "6 个词、12 个特征的权重"}, learner::position_encoding(6, 12), 6, 12);
}

QKV_SCENE("Who bites whom?", "谁咬谁？", "[sentence]") {
    Matrix embedding = Matrix::Zero(3, 9);
    for (Index word = 0; word < 3; ++word) {
        for (Index k = 0; k < 3; ++k) embedding(word, 3 * k + word) = 1;
    }
    const Words names{"dog bites man", "man bites dog"};
    const TokenIds one{0, 1, 2}, other{2, 1, 0};
    const Words features = words_of("dog bites man dog bites man dog bites man");
    const auto both = [&](Encoding encoding) {
        Matrix sentences(2, 9);
        for (const auto& [row, sentence] : {std::pair{0, one}, {1, other}}) {
            const Matrix encoded = learner::encode_sentence(sentence, embedding, encoding);
            REQUIRE_THAT(encoded, Pictured(1, 9));
            sentences.row(row) = encoded;
        }
        return sentences;
    };
    say(
        {"Embeddings made by hand: each word has three features, on the left, in the middle and on the right. In a bag "
         "of words both sentences are one and the same.",
         "嵌入是手工设定的：每个词有三个特征，左边、中间、右边各一个。在词袋里，两句话成了同一句。"});
    show({"bag of words", "词袋"}, both(Encoding::bag_of_words), names, features);
    say(
        {"With position weights the word that comes first is the stronger one on the left, the one that comes last on "
         "the right.",
         "加上位置权重，先出现的词在左边更强，后出现的词在右边更强。"});
    show({"position encoding", "位置编码"}, both(Encoding::position), names, features);
}

QKV_SCENE("Where is Joe now?", "Joe 现在在哪里？", "[story]") {
    const Words sentences{"Joe went to town", "Ann went home", "Joe went home"};
    const Matrix persons = table_of({{3, 3}, {4, 4}});
    Matrix ages = Matrix::Zero(4, d);
    for (const auto& [age, strength] : {std::pair{0, 3}, {1, 2}, {2, 1}, {3, 0}})
        ages(age, 2) = static_cast<Scalar>(strength);
    const Matrix ageless = learner::encode_story(story_of(sentences), persons, std::nullopt, Encoding::bag_of_words);
    const Matrix aged = learner::encode_story(story_of(sentences), persons, ages, Encoding::bag_of_words);
    REQUIRE_THAT(ageless, Pictured(3, d));
    REQUIRE_THAT(aged, Pictured(3, d));
    RowVector u = RowVector::Zero(d);
    u(2) = 1;
    u(3) = 2;
    Matrix weights(3, 2);
    for (const auto& [column, memory] : {std::pair{0, ageless}, {1, aged}}) {
        const Matrix scores = u * memory.transpose();
        weights.col(column) = probabilities_of(scores).transpose();
    }
    say(
        {"Embeddings made by hand: feature 3 is Joe, 4 is Ann, 2 tells how new a sentence is. Without ages the two "
         "sentences about Joe are one half each; with them the newest wins.",
         "嵌入是手工设定的：特征 3 是 Joe，4 是 Ann，2 表示一句话有多新。不加时间编码，关于 Joe "
         "的两句话各占一半；加上它，最新的一句胜出。"});
    show({"the memory with ages: the newest sentence has the first row of the table",
          "加上时间编码的记忆：最新的一句用时间表的第 0 行"},
         aged, sentences, d);
    show({"softmax of the question's scores: without ages, with ages",
          "问题打分之后的 softmax：不加时间编码，加上时间编码"},
         weights, sentences, Words{"-", "T"});
}

QKV_SCENE("Where are the apples?", "苹果在哪里？", "[adjacent]") {
    const Words sentences{"Joe took apples", "Ann took grapes", "Ann went home", "Joe went to town"};
    say(
        {"No sentence says where the apples are. Hop 1 reads who has them, and with this name hop 2 finds where that "
         "person went. Embeddings made by hand: one table for things, one for persons, one for places.",
         "没有哪一句说过苹果（apples）在哪里。第 1 跳读到是谁拿走的，第 2 "
         "跳再凭这个名字找到此人去了哪里。嵌入是手工设定的：一张表管物，一张管人，一张管地点。"});
    Matrix answers(2, n_vocabulary);
    for (const auto& [row, question] : {std::pair{0, "where are apples"}, {1, "where are grapes"}}) {
        const Answer answer = learner::answer_adjacent(story_of(sentences), ids_of(question), things_persons_places(),
                                                       Encoding::bag_of_words);
        show({std::string("\"") + question + "\": the weights of hop 1 and hop 2",
              std::string("“") + question + "”：第 1 跳和第 2 跳的权重"},
             answer.weights.transpose(), sentences, Words{"1", "2"});
        REQUIRE_THAT(answer.logits, Pictured(1, n_vocabulary));
        answers.row(row) = probabilities_of(answer.logits);
    }
    show({"the answers: probabilities of all words", "回答：所有词的概率"}, answers, Words{"apples?", "grapes?"},
         vocabulary);
}

QKV_SCENE("What does one more hop do?", "多跳一步，会怎样？", "[layer_wise]") {
    // Things, and where they are: the story says that what is left of the arrow is in what is right of it.
    const Words names{"coin", "box", "bag", "car", "town"};
    const Words sentences{"bag > car", "coin > box", "car > town", "box > bag"};
    const Story story{{2, 8}, {0, 6}, {3, 9}, {1, 7}};  // ids 5 to 9: the same things, right of the arrow
    constexpr Index n_things = 5;
    Matrix left = Matrix::Zero(2 * n_things, n_things), right = left;
    left.topRows(n_things).setIdentity();
    right.bottomRows(n_things).setIdentity();
    const LayerWiseModel model{
        left, 6 * left, right, {}, {}, Matrix::Zero(n_things, n_things), 6 * Matrix::Identity(n_things, n_things)};
    say(
        {"\"coin > box\" says that the coin is in the box. Each hop does the same: it looks up what it holds on the "
         "left and takes what stands on the right. The answer to \"where is the coin\" depends on the number of hops. "
         "Weights made by hand, with H = 0: the state forgets where it came from.",
         "“coin > "
         "box”是说硬币（coin）在盒子（box）里。每一跳做的事都一样：拿手里的东西去找箭头左边，取走箭头右边。“硬币在哪里”"
         "的答案，取决于跳了几次。权重是手工设定的，H = 0：状态不记得自己从哪里来。"});
    const Answer four = learner::answer_layer_wise(story, {0}, model, 4, Encoding::bag_of_words);
    show({"which sentence hop 1 to 4 reads", "第 1 到第 4 跳各读哪一句"}, four.weights.transpose(), sentences,
         Words{"1", "2", "3", "4"});
    Matrix answers(4, n_things);
    for (Index hops = 1; hops <= 4; ++hops) {
        const Answer answer = learner::answer_layer_wise(story, {0}, model, hops, Encoding::bag_of_words);
        REQUIRE_THAT(answer.logits, Pictured(1, n_things));
        answers.row(hops - 1) = probabilities_of(answer.logits);
    }
    show({"the answer after 1, 2, 3 and 4 hops", "跳 1、2、3、4 次之后的回答"}, answers, Words{"1", "2", "3", "4"},
         names);
}
