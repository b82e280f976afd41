// A Transformer that translates, made by hand: ./grade show transformer.
#include "testing/scene.hpp"

#include "remote.hpp"

#include "golden_model.hpp"

namespace {

using namespace transformer;
using namespace qkv::testing;
using Words = std::vector<std::string>;

/// The kinds of words, in the order in which German puts them: "ich habe das Buch gelesen ."
enum Kind { pronoun, auxiliary, article, noun, participle, end, n_kinds };

struct Pair {
    std::string english, german;
    Kind kind;
};

/// A dictionary; the id of a word, English or German, is its place here. After these comes <s>, where German starts.
const std::vector<Pair> dictionary = {{"I", "ich", pronoun},           {"she", "sie", pronoun},
                                      {"have", "habe", auxiliary},     {"has", "hat", auxiliary},
                                      {"the", "das", article},         {"book", "Buch", noun},
                                      {"house", "Haus", noun},         {"read", "gelesen", participle},
                                      {"seen", "gesehen", participle}, {".", ".", end}};
constexpr int n_entries = 10, start = n_entries;
constexpr Index d_model = n_kinds + n_entries;

Words german_words() {
    Words words;
    for (const Pair& pair : dictionary) words.push_back(pair.german);
    return words;
}

TokenIds ids_of(const Words& words) {
    TokenIds ids;
    for (const std::string& word : words) {
        int id = 0;
        while (id < n_entries && word != dictionary[static_cast<std::size_t>(id)].english &&
               word != dictionary[static_cast<std::size_t>(id)].german)
            ++id;
        ids.push_back(id);
    }
    return ids;
}

Kind kind_of(int id) { return id == start ? end : dictionary[static_cast<std::size_t>(id)].kind; }

/// A decoder layer made by hand, of which only cross-attention speaks: after a word of one kind the query looks for
/// the kind that comes next in German, and fetches the features behind the kinds.
DecoderLayerWeights looks_for_next_kind(Index width, Scalar sharpness) {
    const Linear zero{Matrix::Zero(width, width), RowVector::Zero(width)};
    const LayerNormWeights norm{RowVector::Ones(width), RowVector::Zero(width), Scalar{1e-5}};
    DecoderLayerWeights layer{{zero, zero, zero, zero, 1}, {zero, zero, zero, zero, 1}, {zero, zero}, norm, norm, norm};
    MultiHeadWeights& cross = layer.cross_attention;
    for (Index kind = 0; kind < n_kinds; ++kind) {
        cross.query.weight(kind, (kind + 1) % n_kinds) = sharpness;
        cross.key.weight(kind, kind) = 1;
    }
    for (Index feature = n_kinds; feature < width; ++feature)
        cross.value.weight(feature, feature) = cross.output.weight(feature, feature) = 1;
    return layer;
}

/// The translator: no encoder layer, one decoder layer. A source word holds its kind and itself, a target word its
/// kind; the output layer names what was fetched.
TransformerModel translator() {
    TransformerModel model{Matrix::Zero(n_entries, d_model),
                           Matrix::Zero(n_entries + 1, d_model),
                           {},
                           {{looks_for_next_kind(d_model, Scalar{1.2})}, {}},
                           {Matrix::Zero(d_model, n_entries), RowVector::Zero(n_entries)},
                           NormOrder::pre,
                           Activation::relu,
                           -1};
    for (int id = 0; id <= n_entries; ++id) {
        model.target_table(id, kind_of(id)) = 3;
        if (id == n_entries) break;
        model.source_table(id, kind_of(id)) = model.source_table(id, n_kinds + id) = 3;
        model.output.weight(n_kinds + id, id) = Scalar{0.5};
    }
    return model;
}

/// Each row's logits as probabilities.
Matrix probabilities_of(const Matrix& logits) {
    Matrix result(logits.rows(), logits.cols());
    for (Index i = 0; i < logits.rows(); ++i) {
        const RowVector raised = (logits.row(i).array() - logits.row(i).maxCoeff()).exp();
        result.row(i) = raised / raised.sum();
    }
    return result;
}

}  // namespace

QKV_SCENE("Who may look at whom when there is padding?", "有填充时，谁可以看谁？", "[masks]") {
    const Words source = words_of("she has read <pad> <pad>"), target = words_of("<s> sie hat gelesen <pad>");
    const TokenIds source_ids{5, 6, 7, 0, 0}, target_ids{1, 2, 3, 4, 0};
    say(
        {"Rows look, columns are looked at. A hidden token is a blank column; the causal mask cuts off the upper right "
         "corner. The decoder needs both at once.",
         "行在看，列被看。被遮住的词元是空白的一列；因果掩码切去右上角。解码器里，两者要同时起作用。"});
    show({"encoder: nobody looks at the filling", "编码器：谁也不看填充"},
         as_matrix(learner::source_mask(5, source_ids, 0)), source, source);
    show({"decoder to itself: only back, and not at the filling", "解码器看自己：只往回看，也不看填充"},
         as_matrix(learner::target_mask(target_ids, 0)), target, target);
    show({"decoder to the source: all of it but the filling", "解码器看源序列：除填充外都能看"},
         as_matrix(learner::source_mask(5, source_ids, 0)), target, source);
}

QKV_SCENE("Which source word does each target word look at?", "每个目标词在看哪个源词？", "[decoder_layer]") {
    const Words source = words_of("I have read the book ."), target = words_of("<s> ich habe das Buch gelesen");
    constexpr Index n = 6, width = n_kinds + n;
    Matrix memory = Matrix::Zero(n, width), tokens = Matrix::Zero(n, width);
    const TokenIds source_ids = ids_of(source), target_ids = ids_of(target);
    for (Index i = 0; i < n; ++i) {
        memory(i, kind_of(source_ids[static_cast<std::size_t>(i)])) = 3;
        memory(i, n_kinds + i) = 1;
        tokens(i, kind_of(target_ids[static_cast<std::size_t>(i)])) = 3;
    }
    const Matrix output = learner::decoder_layer(tokens, memory, looks_for_next_kind(width, Scalar{1.2}),
                                                 NormOrder::pre, Activation::relu, {}, {});
    REQUIRE_THAT(output, Pictured(n, width));
    say(
        {"A layer made by hand: it knows the order of German, where the participle comes last. The value of source "
         "word j is a single 1 in feature j, so what the layer fetches are the weights of cross-attention themselves.",
         "手工设定的一层：它知道德语的语序，分词要放在最后。第 j 个源词的值只在第 j 个特征上有一个 "
         "1，所以这一层取回来的，正是交叉注意力的权重。"});
    show({"after each German word: which English word comes next. \"read\" waits until \"Buch\" is said",
          "每个德语词说完之后，接下来看哪个英语词：read 要等到 Buch 说完"},
         output.rightCols(n), target, source);
}

QKV_SCENE("What comes next, after each word?", "每个词之后，接下来是什么？", "[transformer_logits]") {
    say(
        {"The whole model, made by hand: a row is what was read last, a column what may come next. All rows are "
         "computed in one call; that is how a Transformer is trained.",
         "整个模型，手工设定：一行是刚读到的词，一列是接下来可能出现的词。所有的行一次调用就全部算出，Transformer "
         "就是这样训练的。"});
    for (const auto& [english, german] : {std::pair{"I have read the book .", "<s> ich habe das Buch gelesen"},
                                          {"she has seen the house .", "<s> sie hat das Haus gesehen"}}) {
        const Words target = words_of(german);
        const Matrix logits = learner::transformer_logits(ids_of(words_of(english)), ids_of(target), translator());
        REQUIRE_THAT(logits, Pictured(6, n_entries));
        show({std::string("probabilities of the next word; the source is \"") + english + "\"",
              std::string("下一个词的概率；源句是“") + english + "”"},
             probabilities_of(logits), target, german_words());
    }
}

QKV_SCENE("Does a later word change what came before?", "后面的词会改变前面的吗？", "[transformer_logits]") {
    const TokenIds target = tests::target();
    const Matrix before = learner::transformer_logits(tests::source(), target, tests::paper());
    REQUIRE_THAT(before, Pictured(5, 10));
    say(
        {"Random (golden) weights, five target tokens; one of them is exchanged, and the picture shows what changed in "
         "the logits. Everything above is blank: the past does not notice, so all positions can be trained at once.",
         "随机的权重（测试用的那一套），五个目标词元；换掉其中一个，看 logits "
         "变了多少。它之前的各行一片空白：过去毫无察觉，所以所有的位置可以一起训练。"});
    for (const std::size_t place : {std::size_t{1}, std::size_t{3}}) {
        TokenIds changed = target;
        changed[place] = changed[place] == 4 ? 5 : 4;
        const Matrix after = learner::transformer_logits(tests::source(), changed, tests::paper());
        REQUIRE_THAT(after, Pictured(5, 10));
        const std::string number = std::to_string(place);
        show({"token " + number + " exchanged: change of the logits, a row a position",
              "换掉词元 " + number + "：logits 的变化，一行是一个位置"},
             after - before, 5, 10, Look::values);
    }
}

QKV_SCENE("How does an answer grow, word by word?", "一句话是怎样一个词一个词说出来的？", "[greedy_decode]") {
    const Words english = words_of("she has read the book .");
    const TokenIds said = learner::greedy_decode(ids_of(english), translator(), start, 9, 10);
    REQUIRE((!said.empty() && said.size() <= 10));
    Matrix chosen = Matrix::Zero(static_cast<Index>(said.size()), n_entries);
    Words steps;
    std::string sentence = "<s>";
    for (std::size_t i = 0; i < said.size(); ++i) {
        REQUIRE((said[i] >= 0 && said[i] < n_entries));
        chosen(static_cast<Index>(i), said[i]) = 1;
        steps.push_back(std::to_string(i + 1));
        sentence += " " + dictionary[static_cast<std::size_t>(said[i])].german;
    }
    say({"\"she has read the book .\" becomes: " + sentence, "“she has read the book .”译成：" + sentence});
    say(
        {"At each step the likeliest word is said, then read again as the newest word of the target. It ends by itself "
         "when \".\" is said.",
         "每一步说出最可能的词，再把它当作目标序列最新的词读进来。说出“.”就自己结束。"});
    show({"which word is said at which step", "第几步说出哪个词"}, chosen, steps, german_words());
}
