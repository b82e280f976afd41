// The trained model defines words, and how positions turn: ./grade show modern_decoder [--input WORD].
#include "testing/scene.hpp"

#include "golden_model.hpp"
#include "remote.hpp"

namespace {

using namespace modern_decoder;
using namespace modern_decoder::tests;
using namespace qkv::testing;

constexpr std::size_t most_letters = 40;
constexpr Index most_new = 40;

/// What the model is to go on from: a word and a colon. Capitals count as small letters; what the model cannot read is
/// left out.
std::string prompt() {
    std::string text = input_or("biologist").substr(0, most_letters);
    for (char& letter : text) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    while (!text.empty() && (text.back() == ' ' || text.back() == ':')) text.pop_back();
    return text.find(':') == std::string::npos ? text + ":" : text;
}

/// The pieces with a point for each space, so that it is seen which belong to one word.
std::vector<std::string> names_of(const TokenIds& ids) {
    std::vector<std::string> names;
    for (const int id : ids) {
        std::string name = id == end_id ? "|" : text_of({id});
        std::replace(name.begin(), name.end(), ' ', '_');
        names.push_back(name);
    }
    return names;
}

}  // namespace

QKV_SCENE("What does the model say a word means?", "模型说这个词是什么意思？", "[continuation]") {
    const std::string asked = prompt();
    const TokenIds said = learner::continue_text(ids_of(asked), trained_model(), end_id, most_new);
    REQUIRE(said.size() <= static_cast<std::size_t>(most_new));
    say(
        {"The model was trained on the definitions of WordNet; it has 0.2 million weights and knows no word but by its "
         "pieces. It writes on what stands before the bar:",
         "模型是用 WordNet 的释义训练的；它只有 20 万个权重，只能通过片段认识单词。竖线之后是它续写的："});
    const std::string text = text_of(ids_of(asked)) + " |" + text_of(said);
    say({text, text});
}

QKV_SCENE("Which piece comes next?", "下一个片段是什么？", "[model]") {
    const TokenIds ids = ids_of(prompt());
    const Matrix all = learner::logits(ids, trained_model());
    const auto n_pieces = std::ssize(pieces());
    REQUIRE_THAT(all, Pictured(std::ssize(ids), n_pieces));
    const RowVector last = all.bottomRows(1);
    const RowVector exponentials = (last.array() - last.maxCoeff()).exp();
    std::vector<std::pair<Scalar, int>> best;
    for (Index id = 0; id < n_pieces; ++id)
        best.emplace_back(exponentials(id) / exponentials.sum(), static_cast<int>(id));
    std::sort(best.begin(), best.end(), std::greater{});
    Matrix probabilities(1, 8);
    TokenIds first;
    for (std::size_t i = 0; i < 8; ++i) {
        probabilities(0, static_cast<Index>(i)) = best[i].first;
        first.push_back(best[i].second);
    }
    show({"the eight most probable pieces (_ is a space, | the end) after " + text_of(ids),
          "最可能的八个片段（_ 是空格，| 是结束），前文是 " + text_of(ids)},
         probabilities, std::vector<std::string>{""}, names_of(first));
}

QKV_SCENE("How do scores depend on the distance?", "打分怎样随距离变化？", "[rotary]") {
    // One and the same vector as query and as key, at every two of 16 positions.
    const Matrix head = Matrix::Ones(16, 16);
    const Matrix turned = learner::rotate_halves(head, 0, 100);
    REQUIRE_THAT(turned, Pictured(16, 16));
    say(
        {"The same vector stands at 16 positions, as query and as key. Each diagonal has one colour: only the distance "
         "counts. And what is near is most alike.",
         "同一个向量放在 16 个位置上，既作查询又作键。每条对角线颜色相同：只有距离起作用。而且离得近的最相似。"});
    const Matrix scores = turned * turned.transpose() / 16;
    show({"products of rotated vectors", "旋转后的向量两两的内积"}, scores.cwiseMax(0), 16, 16);
}
