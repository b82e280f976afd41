// What attention looks like: ./grade show attention.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace attention;
using namespace qkv::testing;
using Words = std::vector<std::string>;

const Words words = {"the", "cat", "sat", "on", "the", "mat", "because", "it", "was", "tired"};

/// What each word looks for, and what it offers, in five features made by hand: thing, living thing, action, place,
/// state. No training gave these numbers.
const Matrix looks_for{{2, 1, 0, 0, 0}, {0, 0, 3, 0, 1}, {0, 4, 0, 1, 0}, {2, 0, 1, 0, 0}, {2, 1, 0, 0, 0},
                       {0, 0, 1, 3, 0}, {0, 0, 2, 0, 3}, {0, 6, 0, 0, 0}, {0, 3, 0, 0, 2}, {0, 5, 0, 0, 0}};
const Matrix offers{{0, 0, 0, 0, 0}, {3, 4, 0, 0, 0}, {0, 0, 4, 0, 0}, {0, 0, 0, 4, 0}, {0, 0, 0, 0, 0},
                    {4, 0, 0, 1, 0}, {0, 0, 0, 0, 0}, {1, 2, 0, 0, 0}, {0, 0, 1, 0, 1}, {0, 0, 0, 0, 4}};

}  // namespace

QKV_SCENE("Where does each word look?", "每个词在看哪里？", "[scaled_dot_product]") {
    say(
        {"Each row is a query. Its weights sum to 1: how much of each word's value goes into the result. Queries and "
         "keys were made by hand.",
         "每一行是一个查询。这一行的权重之和为 1：结果里各个词的值占多少。查询和键是手工设定的。"});
    const AttentionResult result = learner::scaled_dot_product_attention(looks_for, offers, offers);
    show({"weights of \"the cat sat on the mat because it was tired\": \"it\" finds the cat",
          "“the cat sat on the mat because it was tired”的权重：it 找到了 cat"},
         result.weights, words, words);
}

QKV_SCENE("Large scores make one winner", "打分越大，越是一家独大", "[softmax_rows]") {
    const Matrix scores{{2, 1, 0.5, 0, -1}};
    Matrix scaled(6, 5);
    const Words factors = {"x 0", "x 0.5", "x 1", "x 2", "x 4", "x 1000"};
    for (const auto& [row, factor] : {std::pair{0, 0.0}, {1, 0.5}, {2, 1.0}, {3, 2.0}, {4, 4.0}, {5, 1000.0}})
        scaled.row(row) = scores * static_cast<Scalar>(factor);
    say(
        {"The same five scores times a factor, row by row. This is why the scores are divided by √d_k: without it they "
         "grow with d_k, and every row becomes the last one.",
         "每一行是同样的五个打分乘以一个倍数。除以 √d_k 的道理就在这里：不除，打分会随 d_k "
         "变大，每一行都会变成最后一行那样。"});
    show({"softmax of 2, 1, 0.5, 0, -1 times a factor", "2、1、0.5、0、-1 乘以一个倍数之后的 softmax"},
         learner::softmax_rows(scaled), factors, Words{"2", "1", "0.5", "0", "-1"});
}

QKV_SCENE("Who may look at whom", "谁可以看谁", "[masks]") {
    const Words short_words(words.begin(), words.begin() + 6);
    show({"causal: each word sees itself and what came before", "因果掩码：每个词只看自己和前面的词"},
         as_matrix(learner::causal_mask(6, 6)), short_words, short_words);
    show({"the last two of six: a decoder that keeps earlier keys", "六个里的最后两个：解码器保留了先前的键"},
         as_matrix(learner::causal_mask(2, 6)), Words{"the", "mat"}, short_words);
    show({"padding: nobody sees the filling", "填充掩码：谁也不看填充"},
         as_matrix(learner::padding_mask(4, {true, true, true, true, false, false})),
         Words(words.begin(), words.begin() + 4), Words{"the", "cat", "sat", "on", "<pad>", "<pad>"});
}

QKV_SCENE("The same sentence, word by word", "同一句话，一个词一个词地读", "[masked_attention]") {
    Mask past(10, 10);
    for (Index i = 0; i < 10; ++i) {
        for (Index j = 0; j < 10; ++j) past(i, j) = j <= i;
    }
    say({"With the causal mask a word looks only back. \"cat\" cannot see \"sat\" any more and looks at what is left.",
         "加上因果掩码，每个词只能往回看。cat 再也看不到 sat，只好看剩下的词。"});
    show({"weights under a causal mask", "因果掩码下的权重"},
         learner::masked_attention(looks_for, offers, offers, past).weights, words, words);
}
