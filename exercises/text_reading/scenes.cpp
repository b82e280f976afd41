// What a reader's encoder looks at: ./grade show text_reading.
#include "testing/scene.hpp"

#include "remote.hpp"

#include "golden_model.hpp"

namespace {

using namespace text_reading;
using namespace qkv::testing;
using tests::line;
using tests::n_lines;
using tests::texts_of;
using tests::trained_reader;
using Words = std::vector<std::string>;

/// How PyTorch reads a line.
std::string text_of(int number) { return texts_of(golden("texts"))[static_cast<std::size_t>(number)]; }

/// The letters of a path, one a position; a dot is a blank.
Words names_of(const std::vector<Index>& path) {
    Words names;
    for (const Index letter : path)
        names.push_back(letter == 0 ? "·" : trained_reader().letters[static_cast<std::size_t>(letter)]);
    return names;
}

/// The best letter at each position by the kit's own logits of that line: names for pictures of the encoder.
std::vector<Index> golden_path(int number) {
    std::vector<Index> path;
    const Matrix best = golden("line" + std::to_string(number) + "/path");
    for (Index t = 0; t < best.cols(); ++t) path.push_back(static_cast<Index>(best(0, t)));
    return path;
}

Matrix softmax_of(const Matrix& logits) {
    const Matrix raised = (logits.colwise() - logits.rowwise().maxCoeff()).array().exp();
    return raised.array().colwise() / raised.rowwise().sum().array();
}

}  // namespace

QKV_SCENE("How does SiLU differ from ReLU?", "SiLU 与 ReLU 有什么不同？", "[silu]") {
    Matrix x(1, 17);
    for (Index j = 0; j < 17; ++j) x(0, j) = static_cast<Scalar>(j) / 2 - 4;
    const Matrix output = learner::silu(x);
    REQUIRE_THAT(output, Pictured(1, 17));
    Words ticks;
    for (Index j = 0; j < 17; ++j) ticks.push_back(j % 2 == 0 ? std::to_string(j / 2 - 4) : " ");
    Matrix rows(3, 17);
    rows << output, x.cwiseMax(0), output - x.cwiseMax(0);
    say({"Far out both are the same. Near 0 SiLU is smooth and dips below zero, deepest near -1.28.",
         "离零远处，两者相同。在零附近，SiLU 是光滑的，还略低于零，在 -1.28 附近最低。"});
    show({"x from -4 to 4", "x 从 -4 到 4"}, rows, Words{"SiLU", "ReLU", "SiLU - ReLU"}, ticks, Look::values);
}

QKV_SCENE("Where does each position of a line look?", "一行文字里，每个位置在看哪里？", "[layer]") {
    const LayerResult result = learner::silu_encoder_layer(line(1).tokens, trained_reader().encoder.layers[0]);
    REQUIRE(result.attention.size() == 8);
    const Words names = names_of(golden_path(1));
    const Matrix picture = trained("line1/picture");
    say(
        {"The line \"committee\" has 23 positions of 8 pixels each. They are named by the letter that is read there in "
         "the end; a dot is a blank. The weights are PP-OCRv4's: attention that was trained to read, not made up.",
         "“committee”这一行有 23 个位置，每个 8 像素。位置以最后在那里读出的字母为名，点表示空白。权重是 PP-OCRv4 "
         "的：这是为了识别文字训练出来的注意力，不是手工设定的。"});
    show({"the line, two columns of pixels a position", "这一行文字，每个位置两列像素"}, picture, picture.rows(),
         picture.cols(), Look::image);
    for (const std::size_t h : {std::size_t{0}, std::size_t{7}}) {
        const std::string head = std::to_string(h);
        show({"layer 1, head " + head + ": rows look, columns are looked at",
              "第 1 层，头 " + head + "：行在看，列被看"},
             result.attention[h], names, names);
    }
}

QKV_SCENE("What does each letter get from the whole line?", "每个字从整行里得到了什么？", "[stack]") {
    const Encoding encoding = learner::encode_line(line(0).tokens, trained_reader().encoder);
    REQUIRE(encoding.attention.size() == 2);
    const Words names = names_of(golden_path(0));
    const auto n = static_cast<Index>(names.size());
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE(encoding.attention[i].size() == 8);
        Matrix mean = Matrix::Zero(n, n);
        for (const Matrix& head : encoding.attention[i]) {
            REQUIRE_THAT(head, Pictured(n, n));
            mean += head / 8;
        }
        const std::string number = std::to_string(i + 1);
        show({"layer " + number + ", mean of the eight heads", "第 " + number + " 层，八个头的平均"}, mean, names,
             names);
    }
}

QKV_SCENE("Which letter fits at which position?", "哪个位置是哪个字？", "[head]") {
    const Matrix logits = learner::line_logits(golden("line0/output"), line(0).beside, trained_reader().head);
    REQUIRE_THAT(logits, Pictured(17, 111));
    const Matrix probabilities = softmax_of(logits);
    Matrix rows(4, 17);
    Words shown;
    for (const char* letter : {"天", "向", "上", ""}) {
        const auto& letters = trained_reader().letters;
        Index number = 0;
        while (letters[static_cast<std::size_t>(number)] != letter) ++number;
        rows.row(std::ssize(shown)) = probabilities.col(number).transpose();
        shown.push_back(number == 0 ? "blank" : letter);
    }
    const Matrix picture = trained("line0/picture");
    say(
        {"天天向上. Each letter lights up at one position; between the two 天 there are blanks, else they would be "
         "one.",
         "天天向上。每个字只在一个位置亮起；两个“天”之间有空白，否则它们会合成一个。"});
    show({"the line", "这一行文字"}, picture, picture.rows(), picture.cols(), Look::image);
    show({"probability of a letter (rows) at a position (columns)", "各个字（行）在各个位置（列）的概率"}, rows, shown,
         17);
}

QKV_SCENE("How sure is it of each line?", "对每一行有多大把握？", "[read]") {
    Matrix confidence(n_lines, 1);
    Words names;
    for (int i = 0; i < n_lines; ++i) {
        const std::vector<Reading> readings = learner::read_lines({line(i)}, trained_reader());
        REQUIRE(readings.size() == 1);
        confidence(i, 0) = readings[0].confidence;
        names.push_back(readings[0].text == text_of(i) ? readings[0].text : "? " + readings[0].text);
    }
    say(
        {"What your reader reads, and its confidence. The last line was \"Rill 1|I1 O0o\": it is read wrong, and the "
         "network is least sure of it.",
         "你的程序读出的文字和置信度。最后一行原本是“Rill 1|I1 O0o”：读错了，网络对它的把握也最小。"});
    show({"confidence", "置信度"}, confidence, names, {Words{"confidence"}, Words{"置信度"}});
}
