// What several heads see: ./grade show multi_head_attention.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace multi_head_attention;
using namespace qkv::testing;
using Words = std::vector<std::string>;

/// A drawing, a text a row: what is no blank is white.
Matrix drawing(const Words& rows) {
    Matrix image = Matrix::Zero(static_cast<Index>(rows.size()), static_cast<Index>(rows[0].size()));
    for (Index i = 0; i < image.rows(); ++i) {
        for (Index j = 0; j < image.cols(); ++j)
            image(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] == ' ' ? 0 : 1;
    }
    return image;
}

const Words sentence = words_of("the red fox saw the blue fox");
constexpr Index n_words = 7, d_model = 24, n_heads = 3, d_head = 8;

/// What a token knows, made by hand: features 0 to 6 its place, 7 to 11 its word, 12 whether it is a noun. The rest
/// is zero.
Matrix hand_made_tokens() {
    Matrix tokens = Matrix::Zero(n_words, d_model);
    const std::vector<Index> word{0, 1, 2, 3, 0, 4, 2};
    for (Index i = 0; i < n_words; ++i) {
        tokens(i, i) = 1;
        tokens(i, 7 + word[static_cast<std::size_t>(i)]) = 1;
        tokens(i, 12) = word[static_cast<std::size_t>(i)] == 2 ? 1 : 0;
    }
    return tokens;
}

/// Three heads made by hand: the first compares places, one apart; the second words; the third looks for a noun that
/// is not far.
MultiHeadWeights hand_made_heads() {
    const Linear zero{Matrix::Zero(d_model, d_model), RowVector::Zero(d_model)};
    const Linear same{Matrix::Identity(d_model, d_model), RowVector::Zero(d_model)};
    MultiHeadWeights weights{zero, zero, same, same, n_heads};
    const Scalar sharp = 18;
    for (Index place = 0; place < n_words; ++place) {
        weights.query.weight(place, std::max<Index>(place - 1, 0)) = sharp;
        weights.key.weight(place, place) = 1;
        for (Index other = 0; other < n_words; ++other)
            weights.query.weight(place, 2 * d_head + other) =
                Scalar{-2} * static_cast<Scalar>(other < place ? 2 * (place - other) : other - place);
        weights.key.weight(place, 2 * d_head + place) = 1;
    }
    for (Index word = 0; word < 5; ++word) {
        weights.query.weight(7 + word, d_head + word) = sharp;
        weights.key.weight(7 + word, d_head + word) = 1;
    }
    weights.query.bias(2 * d_head + 7) = 2 * sharp;
    weights.key.weight(12, 2 * d_head + 7) = 1;
    return weights;
}

/// Shows the weights of the three heads.
void show_heads(const MultiHeadResult& result) {
    REQUIRE(result.weights.size() == 3);
    show({"head 0: the word before (the first has only itself)", "头 0：前一个词（第一个词只有自己）"},
         result.weights[0], sentence, sentence);
    show({"head 1: the same word, wherever it stands", "头 1：同一个词，不论它在哪里"}, result.weights[1], sentence,
         sentence);
    show({"head 2: a noun, rather one that follows", "头 2：名词，优先看后面最近的"}, result.weights[2], sentence,
         sentence);
}

}  // namespace

QKV_SCENE("What does a head get of the tokens?", "每个头分到的是什么？", "[split_and_merge]") {
    const Matrix features = drawing({
        " ###  #  #  #   # ",
        "#   # # #   #   # ",
        "#   # ##    #   # ",
        "# # # # #    # #  ",
        "#  #  #  #   # #  ",
        " ## # #   #   #   ",
    });
    const std::vector<Matrix> heads = learner::split_heads(features, 3);
    REQUIRE(heads.size() == 3);
    say(
        {"Six tokens with eighteen features, which were drawn so that one can see where they go. A head keeps all rows "
         "and gets a block of neighbouring columns: Q, K, V. If a letter is torn, rows were mixed.",
         "六个词元、十八个特征，数值是画出来的，好让你看清它们的去向。每个头保留所有的行，分到相邻的一段列：Q、K、V。字"
         "母要是碎了，就是行与行混在了一起。"});
    show({"all features (6 x 18)", "全部特征（6 x 18）"}, features, 6, 18, Look::image);
    show({"head 0", "头 0"}, heads[0], 6, 6, Look::image);
    show({"head 1", "头 1"}, heads[1], 6, 6, Look::image);
    show({"head 2", "头 2"}, heads[2], 6, 6, Look::image);
    show({"merged in another order: 2, 1, 0", "换个次序合并：2、1、0"},
         learner::merge_heads({heads[2], heads[1], heads[0]}), 6, 18, Look::image);
}

QKV_SCENE("Why is one head not enough for \"it\"?", "对 it 来说，一个头为什么不够？", "[attend_heads]") {
    const Words words = words_of("the animal didn't cross the street because it was too tired");
    const Matrix query{{4, 0, 4, 0, 4, 0}};
    Matrix keys = Matrix::Zero(11, 6);
    keys(1, 0) = keys(8, 2) = keys(10, 4) = 3;
    keys(5, 0) = 1;
    const MultiHeadResult three = learner::attend_heads(query, keys, keys, 3, {});
    const MultiHeadResult one = learner::attend_heads(query, keys, keys, 1, {});
    REQUIRE((three.weights.size() == 3 && one.weights.size() == 1));
    Matrix weights(4, 11);
    for (Index h = 0; h < 3; ++h) {
        REQUIRE_THAT(three.weights[static_cast<std::size_t>(h)], Pictured(1, 11));
        weights.row(h) = three.weights[static_cast<std::size_t>(h)];
    }
    REQUIRE_THAT(one.weights[0], Pictured(1, 11));
    weights.row(3) = one.weights[0];
    say(
        {"\"it\" asks three things at once: who, which verb, in what state. Three heads answer one each. One head "
         "(1/1) has the same numbers and must share out its attention. Queries and keys were made by hand.",
         "it "
         "同时要问三件事：指谁、动词是哪个、状态如何。三个头各答一件；只有一个头时（1/"
         "1），同样的数，注意力只好一分为三。查询和键是手工设定的。"});
    show({"where \"it\" looks: head 1, 2 and 3 of three, then the only one",
          "it 在看哪里：先是三个头中的第 1、2、3 个，最后一行是仅有一个头时"},
         weights, Words{"1/3", "2/3", "3/3", "1/1"}, words);
}

QKV_SCENE("What does each head look for?", "每个头在找什么？", "[multi_head_attention]") {
    say(
        {"One sentence, three heads side by side. Tokens and projections were made by hand, so that each head has a "
         "task with a name; in a trained model nobody assigns it.",
         "一句话，三个头同时看。词元和投影矩阵是手工设定的，让每个头都有一项说得出名字的任务；在训练出来的模型里，没有"
         "人分派任务。"});
    const Matrix tokens = hand_made_tokens();
    show_heads(learner::multi_head_attention(tokens, tokens, hand_made_heads(), {}));
}

QKV_SCENE("What do the same heads do when they may only look back?", "同样的头，只准往回看时会怎样？",
          "[multi_head_attention]") {
    const Matrix tokens = hand_made_tokens();
    Mask past(n_words, n_words);
    for (Index i = 0; i < n_words; ++i) {
        for (Index j = 0; j < n_words; ++j) past(i, j) = j <= i;
    }
    say(
        {"The same weights, and one causal mask for all heads. Head 0 hardly notices it. Head 2 does: \"red\" cannot "
         "see its fox any more, and \"blue\" must take the wrong one.",
         "权重不变，所有的头共用一个因果掩码。头 0 几乎没有察觉；头 2 就不同了：red 再也看不到它的 fox，blue "
         "只好看错的那一个。"});
    show_heads(learner::multi_head_attention(tokens, tokens, hand_made_heads(), past));
}
