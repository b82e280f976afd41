// The trained model pronounces, and shows where it looks: ./grade show word_pronunciation [--input WORD].
#include "testing/scene.hpp"

#include "golden_model.hpp"
#include "remote.hpp"

namespace {

using namespace word_pronunciation;
using namespace word_pronunciation::tests;
using namespace qkv::testing;

constexpr Index most_phonemes = 24;
constexpr std::size_t most_letters = 20;

/// The word that is shown: a single one, not too long for the picture.
std::string shown_word() { return input_or("attention").substr(0, most_letters); }

std::vector<std::string> letters_of_word(const std::string& word) {
    std::vector<std::string> letters;
    for (const char letter : word)
        letters.push_back(static_cast<unsigned char>(letter) < 128 ? std::string(1, letter) : "?");
    return letters;
}

/// A learner's ids may be anything.
std::string phoneme_of(int id) {
    const auto place = static_cast<std::size_t>(id - first_id);
    return id >= first_id && place < phonemes.size() ? phonemes[place] : "?";
}

}  // namespace

QKV_SCENE("How is this word pronounced, and which letter makes which sound?", "这个词怎么读？哪个字母发哪个音？",
          "[align]") {
    const std::string word = shown_word();
    if (word.empty()) return say({"There is no word to pronounce.", "没有可以读的词。"});
    const TokenIds source = learner::letters_to_ids(word);
    const Reading reading = learner::read_word(source, trained_model());
    const auto said = learner::pronounce({source}, trained_model(), most_phonemes);
    REQUIRE(said.size() == 1);
    REQUIRE(said[0].size() <= static_cast<std::size_t>(most_phonemes));
    std::string pronunciation;
    std::vector<std::string> names;
    for (const int id : said[0]) {
        names.push_back(phoneme_of(id));
        pronunciation += " " + names.back();
    }
    say({word + " is pronounced" + pronunciation +
             ". The model was trained on CMUdict; each row shows how much each letter "
             "counted when that sound was chosen.",
         word + " 读作" + pronunciation + "。模型是用 CMUdict 训练的；每一行是选出这个音的时候，各个字母占多少分量。"});
    const Alignment found = learner::align(reading, said[0], trained_model());
    show({"cross-attention of the last decoder layer, mean over the heads", "解码器最后一层的交叉注意力，各个头的平均"},
         found.weights, names, letters_of_word(word));
}

QKV_SCENE("How sure is the model of the first sound?", "第一个音，模型有多大把握？", "[one_step]") {
    const std::string word = shown_word();
    const Reading reading = learner::read_word(learner::letters_to_ids(word), trained_model());
    const RowVector log_probabilities = learner::next_log_probabilities(reading, {}, trained_model());
    const auto all = static_cast<Index>(phonemes.size());
    REQUIRE_THAT(log_probabilities, Pictured(1, first_id + all));
    std::vector<std::pair<Scalar, std::string>> best;
    for (Index i = 0; i < all; ++i)
        best.emplace_back(std::exp(log_probabilities(first_id + i)), phonemes[static_cast<std::size_t>(i)]);
    std::ranges::sort(best, std::greater{});
    Matrix probabilities(1, 8);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 8; ++i) {
        probabilities(0, static_cast<Index>(i)) = best[i].first;
        names.push_back(best[i].second);
    }
    show({"the eight most probable sounds at the beginning of " + word, word + " 开头最可能的八个音"}, probabilities,
         std::vector<std::string>{word}, names);
}
