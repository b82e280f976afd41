// Hidden tests of `memory_network`: random stories and models against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::Case;
using qkv::testing::check_random_cases;
using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return memory_network::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(memory_network, bag_of_words, "bag_of_words", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(memory_network, position_encoding, "position_encoding", Never{})
QKV_RANDOM_CASES_AND_MISFITS(memory_network, encode_sentence, "sentence", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(memory_network, encode_story, "story", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(memory_network, hop, "hop", Never{})
QKV_RANDOM_CASES_AND_MISFITS(memory_network, answer_adjacent, "adjacent", Never{})
QKV_RANDOM_CASES_AND_MISFITS(memory_network, answer_layer_wise, "layer_wise", Never{})

// A word that is in no vocabulary is refused, wherever it stands.

QKV_TEST("strange words in a bag", "词袋里有词表之外的词", "[bag_of_words]") {
    const auto generate = [](Case& drawn) {
        auto [words, embedding] = memory_network::cases::bag_of_words(drawn);
        memory_network::cases::spoil(drawn, words, embedding.rows());
        return std::tuple{words, embedding};
    };
    check_random_cases(learner::bag_of_words, memory_network::bag_of_words, generate);
}

QKV_TEST("strange words in a sentence", "句子里有词表之外的词", "[sentence]") {
    const auto generate = [](Case& drawn) {
        auto [words, embedding, encoding] = memory_network::cases::encode_sentence(drawn);
        memory_network::cases::spoil(drawn, words, embedding.rows());
        return std::tuple{words, embedding, encoding};
    };
    check_random_cases(learner::encode_sentence, memory_network::encode_sentence, generate);
}

QKV_TEST("strange words in a story", "故事里有词表之外的词", "[story]") {
    const auto generate = [](Case& drawn) {
        auto [told, embedding, temporal, encoding] = memory_network::cases::encode_story(drawn);
        memory_network::cases::spoil(drawn, told, embedding.rows());
        return std::tuple{told, embedding, temporal, encoding};
    };
    check_random_cases(learner::encode_story, memory_network::encode_story, generate);
}

QKV_TEST("strange words with adjacent tying", "相邻层共享时遇到词表之外的词", "[adjacent]") {
    for (const bool in_question : {false, true}) {
        const auto generate = [in_question](Case& drawn) {
            auto [told, question, model, encoding] = memory_network::cases::answer_adjacent(drawn);
            const qkv::Index vocabulary = model.embeddings.front().rows();
            if (in_question) memory_network::cases::spoil(drawn, question, vocabulary);
            if (!in_question) memory_network::cases::spoil(drawn, told, vocabulary);
            return std::tuple{told, question, model, encoding};
        };
        check_random_cases(learner::answer_adjacent, memory_network::answer_adjacent, generate);
    }
}

QKV_TEST("strange words with layer-wise tying", "逐层共享时遇到词表之外的词", "[layer_wise]") {
    for (const bool in_question : {false, true}) {
        const auto generate = [in_question](Case& drawn) {
            auto [told, question, model, n_hops, encoding] = memory_network::cases::answer_layer_wise(drawn);
            const qkv::Index vocabulary = model.question.rows();
            if (in_question) memory_network::cases::spoil(drawn, question, vocabulary);
            if (!in_question) memory_network::cases::spoil(drawn, told, vocabulary);
            return std::tuple{told, question, model, n_hops, encoding};
        };
        check_random_cases(learner::answer_layer_wise, memory_network::answer_layer_wise, generate);
    }
}

// No size below the least, whatever the other one is.
QKV_TEST("tables of sizes that do not exist", "不存在的表格大小", "[position_encoding]") {
    for (const int kind : {0, 1, 2, 3}) {
        const auto generate = [kind](Case& drawn) {
            const auto [n_words, d] = memory_network::cases::position_encoding(drawn);
            return kind == 0   ? std::tuple{-1 - n_words, d}
                   : kind == 1 ? std::tuple{n_words, 1 - d}
                   : kind == 2 ? std::tuple{-1 - n_words, 1 - d}
                               : std::tuple{n_words, qkv::Index{0}};
        };
        check_random_cases(learner::position_encoding, memory_network::position_encoding, generate);
    }
}
