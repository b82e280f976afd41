// What a Vision Transformer sees: ./grade show vision_transformer.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace vision_transformer;
using namespace qkv::testing;
using Words = std::vector<std::string>;

/// A drawing, a text a row: # is white, + is gray, a blank is black.
Matrix drawing(const Words& rows) {
    Matrix image = Matrix::Zero(static_cast<Index>(rows.size()), static_cast<Index>(rows[0].size()));
    for (Index i = 0; i < image.rows(); ++i) {
        for (Index j = 0; j < image.cols(); ++j) {
            const char letter = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
            image(i, j) = letter == '#' ? 1 : letter == '+' ? Scalar{0.5} : 0;
        }
    }
    return image;
}

/// 16 x 16 pixels, so 16 patches of 4 x 4.
const Matrix house = drawing({
    "       ##   ++  ",
    "      ####  ++  ",
    "     ###### ++  ",
    "    ########++  ",
    "   ##########+  ",
    "  ############  ",
    " ############## ",
    "################",
    " ++++++++++++++ ",
    " +##++++++++##+ ",
    " +##++++++++##+ ",
    " ++++++++++++++ ",
    " +++++####+++++ ",
    " +++++#  #+++++ ",
    " +++++#  #+++++ ",
    " +++++#  #+++++ ",
});

/// Pictures of 9 x 9 pixels with a bar in the middle row, the middle column, or both.
Matrix bars(bool across, bool down) {
    Matrix image = Matrix::Zero(9, 9);
    if (across) image.row(4).setOnes();
    if (down) image.col(4).setOnes();
    return image;
}

/// Weights made by hand, for patches of 3 x 3: one feature answers to a bar across the patch, one to a bar down.
/// Attention takes the mean of all tokens. The head compares the two features.
VisionTransformerWeights bar_detector() {
    constexpr Index d_model = 4;
    Matrix kernels = Matrix::Zero(9, d_model);
    for (Index y = 0; y < 3; ++y) {
        for (Index x = 0; x < 3; ++x) {
            kernels(3 * y + x, 0) = y == 1 ? 2 : -1;
            kernels(3 * y + x, 1) = x == 1 ? 2 : -1;
        }
    }
    const Linear zero{Matrix::Zero(d_model, d_model), RowVector::Zero(d_model)};
    const Linear same{Matrix::Identity(d_model, d_model), RowVector::Zero(d_model)};
    const LayerNormWeights norm{RowVector::Ones(d_model), RowVector::Zero(d_model), Scalar{1e-5}};
    const Matrix head{{2, -2, 2}, {-2, 2, 2}, {0, 0, 0}, {0, 0, 0}};
    return {3,
            {{kernels, RowVector::Zero(d_model)}, RowVector::Zero(d_model), Matrix::Zero(10, d_model)},
            {{{zero, zero, same, same, 1}, {zero, zero}, norm, norm}},
            {norm, {head, RowVector::Zero(3)}}};
}

const Words classes = {"-", "|", "+"};

RowVector probabilities_of(const RowVector& logits) {
    const RowVector raised = (logits.array() - logits.maxCoeff()).exp();
    return raised / raised.sum();
}

/// What the learner's network makes of an image, as probabilities of the three classes.
RowVector seen(const Matrix& image) {
    const RowVector logits = learner::vision_transformer({image}, bar_detector());
    REQUIRE_THAT(logits, Pictured(1, 3));
    return probabilities_of(logits);
}

}  // namespace

QKV_SCENE("How does an image become a sequence?", "图像怎样变成序列？", "[image_to_patches]") {
    const Matrix patches = learner::image_to_patches({house}, 4);
    REQUIRE_THAT(patches, Pictured(16, 16));
    Matrix apart = Matrix::Constant(19, 19, Scalar{0.25});
    for (Index patch = 0; patch < 16; ++patch) {
        for (Index y = 0; y < 4; ++y)
            apart.block(5 * (patch / 4) + y, 5 * (patch % 4), 1, 4) = patches.row(patch).segment(4 * y, 4);
    }
    say(
        {"A house of 16 x 16 pixels, drawn by hand and cut into 16 patches of 4 x 4. Each is flattened to one row: "
         "that is the sentence which the Transformer reads, a patch a word, from left to right and then down.",
         "一座 16 x 16 像素的房子，手工画的，切成 16 块，每块 4 x 4，再各自展平成一行。这就是 Transformer "
         "要读的句子：一块是一个词，从左到右，再从上到下。"});
    show({"the image, cut apart: your patches, laid out again", "切开的图像：把你切出的图像块重新摆开"}, apart, 19, 19,
         Look::image);
    show({"the sequence: a row is a patch of 16 numbers", "序列：一行是一块，16 个数"}, patches, 16, 16, Look::image);
}

QKV_SCENE("How does a patch know where it stands?", "图像块怎么知道自己在哪里？", "[embed_patches]") {
    // Row and column of a patch as two bumps of four numbers each; the class token stands apart from all.
    Matrix positions = Matrix::Zero(17, 9);
    positions(0, 8) = 1;
    for (Index patch = 0; patch < 16; ++patch) {
        for (Index k = 0; k < 4; ++k) {
            const auto up = static_cast<Scalar>(k - patch / 4), left = static_cast<Scalar>(k - patch % 4);
            positions(1 + patch, k) = std::exp(-up * up / 2);
            positions(1 + patch, 4 + k) = std::exp(-left * left / 2);
        }
    }
    const Matrix tokens = learner::embed_patches(
        Matrix::Zero(16, 16), {{Matrix::Zero(16, 9), RowVector::Zero(9)}, RowVector::Zero(9), positions});
    REQUIRE_THAT(tokens, Pictured(17, 9));
    say(
        {"The patches are black here, so that only the positions are left of the tokens (made by hand: features 0 to 3 "
         "tell the row, 4 to 7 the column, 8 the class token). A sequence has no rows and columns; yet compared with "
         "each other, positions know their neighbours on all four sides. Learned ones come out like this, too.",
         "这里的图像块全是黑的，词元里只剩下位置（手工设定：特征 0 到 3 表示行，4 到 7 表示列，8 "
         "属于类别词元）。序列本来不分行列，可是位置两两一比，上下左右的邻居就都找到了。学出来的位置也是这个样子。"});
    show({"the tokens; row 0 is the class token", "词元；第 0 行是类别词元"}, tokens, 17, 9);
    for (const Index patch : {Index{0}, Index{9}}) {
        const RowVector lengths = tokens.rowwise().norm().transpose();
        const RowVector products = tokens.row(1 + patch) * tokens.transpose();
        const Matrix alike =
            (products.array() / (lengths.array() * lengths(1 + patch)).max(Scalar{1e-9})).matrix().tail(16).eval();
        show({"how like patch " + std::to_string(patch) + " the others are, laid out as in the image",
              "各块与第 " + std::to_string(patch) + " 块有多像，按图像中的位置摆放"},
             Matrix::Map(alike.data(), 4, 4), 4, 4);
    }
}

QKV_SCENE("What is in the image?", "图里是什么？", "[vision_transformer]") {
    const Matrix gap = Matrix::Constant(9, 1, Scalar{0.5});
    Matrix images(9, 29);
    images << bars(true, false), gap, bars(false, true), gap, bars(true, true);
    Matrix probabilities(4, 3);
    probabilities << seen(bars(true, false)), seen(bars(false, true)), seen(bars(true, true)), seen(bars(false, false));
    say(
        {"Weights made by hand: one feature answers to a bar across a patch, one to a bar down; attention carries what "
         "the patches found to the class token, and the head decides. A black image ( ) tells nothing: one third for "
         "each class.",
         "权重是手工设定的：一个特征对横条有反应，一个对竖条有反应；注意力把各块的发现带给类别词元，再由分类头判断。全"
         "黑的图 ( ) 什么也说明不了，三类各占三分之一。"});
    show({"three images: -, | and +", "三幅图：-、| 和 +"}, images, 9, 29, Look::image);
    show({"probabilities of the classes: rows are images", "各类别的概率：一行是一幅图"}, probabilities,
         Words{"-", "|", "+", "( )"}, classes);
}

QKV_SCENE("Which patch decides?", "起决定作用的是哪一块？", "[vision_transformer]") {
    const Matrix image = bars(true, true);
    const Scalar whole = seen(image)(2);
    Matrix loss(3, 3);
    for (Index patch = 0; patch < 9; ++patch) {
        Matrix covered = image;
        covered.block(3 * (patch / 3), 3 * (patch % 3), 3, 3).setZero();
        loss(patch / 3, patch % 3) = seen(covered)(2) - whole;
    }
    say(
        {"Cover one patch after the other and ask again. Where nothing was drawn nothing changes; every piece of a bar "
         "that is missing makes the answer \"+\" less sure. The crossing holds both bars: without it they are still in "
         "balance.",
         "每次遮住一块，再问一遍。原本空白的地方，遮了也不变；横竖条上缺了哪一块，“+"
         "”的把握都会变小。交叉处横竖都有，遮住它，两边仍然平衡。"});
    show({"the image, 3 x 3 patches", "这幅图，3 x 3 块"}, image, 9, 9, Look::image);
    show({"change of the probability of \"+\" when this patch is covered", "遮住这一块，“+”的概率变化多少"}, loss, 3, 3,
         Look::values);
}

QKV_SCENE("How sure is the first guess?", "第一个猜测有多大把握？", "[top_k]") {
    const std::vector<std::pair<std::string, RowVector>> guesses{
        {"1.5, 4, 0.5, 3.6, -1", RowVector{{1.5, 4, 0.5, 3.6, -1}}},
        {"0, 6, 0, 1, 0", RowVector{{0, 6, 0, 1, 0}}},
        {"1, 1, 1, 1, 1", RowVector{{1, 1, 1, 1, 1}}}};
    say(
        {"Five classes, the three best, for logits made by hand. The order is that of the logits; the number tells "
         "more: 4 beside 3.6 is nearly a tie, 6 beside 1 is not, and of equal ones the lower label comes first.",
         "五个类别，取前三个；logits 是手工设定的。名次由 logits 决定，概率却说得更多：4 对 3.6 几乎不分胜负，6 对 1 "
         "就不同了；相等时，编号小的在前。"});
    for (const auto& [numbers, logits] : guesses) {
        const std::vector<Prediction> best = learner::top_k(logits, 3);
        REQUIRE(best.size() == 3);
        Matrix picture = Matrix::Zero(3, 5);
        for (Index rank = 0; rank < 3; ++rank) {
            const Prediction& guess = best[static_cast<std::size_t>(rank)];
            REQUIRE((guess.label >= 0 && guess.label < 5));
            picture(rank, guess.label) = guess.probability;
        }
        show({"logits " + numbers + ": rank and label", "logits " + numbers + "：名次与类别"}, picture,
             Words{"1.", "2.", "3."}, 5);
    }
}
