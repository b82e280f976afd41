// A slip costs once: what waits for a failed part is tried again with the reference's function in its place.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

/// The grading of a reference with one or two mistakes in it.
nlohmann::json graded_with(const std::string& exercise,
                           const std::vector<std::pair<std::string, std::string>>& mistakes,
                           std::vector<std::string> more = {}) {
    std::string source = reference_of(exercise);
    for (const auto& [piece, replacement] : mistakes) source = with(source, piece, replacement);
    const Scratch scratch;
    scratch.write(exercise + ".cpp", source);
    more.insert(more.end(), {"--submission", scratch.path.string(), exercise});
    return graded(more).json;
}

const std::pair<std::string, std::string> in_the_denominator = {"/= weights.row(i).sum()",
                                                                "/= weights.row(i).sum() + 1e-4"};

}  // namespace

TEST_CASE("an epsilon in the softmax costs the softmax, and nothing that calls it") {
    const auto result = graded_with("attention", {in_the_denominator});
    CHECK(earned(result, "attention") == std::vector<std::string>{"masks", "scaled_dot_product", "masked_attention",
                                                                  "projected_attention", "additive_attention",
                                                                  "bilinear_attention"});
    CHECK(part(result, "attention", "softmax_rows").at("with_reference").empty());
    CHECK(part(result, "attention", "masks").at("with_reference").empty());
    CHECK(part(result, "attention", "masked_attention").at("with_reference") == nlohmann::json{"softmax_rows"});
}

TEST_CASE("a part that fails even so has failed by itself, and what waits for it is tried without both") {
    const auto result =
        graded_with("attention", {in_the_denominator, {"query / scale * key.transpose()", "query * key.transpose()"}});
    CHECK(part(result, "attention", "softmax_rows").at("status") == "failed");
    CHECK(part(result, "attention", "scaled_dot_product").at("status") == "failed");
    CHECK(part(result, "attention", "scaled_dot_product").at("with_reference") == nlohmann::json{"softmax_rows"});
    CHECK(part(result, "attention", "additive_attention").at("status") == "passed");
    CHECK(part(result, "attention", "projected_attention").at("status") == "passed");
}

TEST_CASE("two norm orders are one function: a mistake in the first never lends the reference to the second") {
    const auto result = graded_with(
        "encoder", {{"return layer_norm(h + transform(h), weights.feed_forward_norm);", "return h + transform(h);"},
                    {"return h + transform(layer_norm(h, weights.feed_forward_norm));",
                     "return transform(layer_norm(h, weights.feed_forward_norm));"}});
    CHECK(part(result, "encoder", "post_norm_layer").at("status") == "failed");
    CHECK(part(result, "encoder", "pre_norm_layer").at("status") == "blocked");
    CHECK(part(result, "encoder", "encoder_stack").at("with_reference") == nlohmann::json{"encoder_layer"});
    CHECK(part(result, "encoder", "encoder_stack").at("status") == "passed");
}

TEST_CASE("on one's own stack, and where an optimiser may have joined functions, nothing stands in") {
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"--own-stack"}, std::vector<std::string>{"--compiler", "g++"}}) {
        const auto result = graded_with("attention", {in_the_denominator}, options);
        CHECK(part(result, "attention", "masked_attention").at("status") == "blocked");
        CHECK(part(result, "attention", "masked_attention").at("with_reference").empty());
    }
}

TEST_CASE("a part that is asked for alone is judged as among the others") {
    const Scratch scratch;
    scratch.write("attention.cpp",
                  with(reference_of("attention"), in_the_denominator.first, in_the_denominator.second));
    const auto result = graded({"--submission", scratch.path.string(), "--part", "attention/masked_attention"}).json;
    const auto parts = result.at("exercises").at(0).at("parts");
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].at("status") == "passed");
    CHECK(parts[0].at("with_reference") == nlohmann::json{"softmax_rows"});
    const Said said = grader({"run", "--submission", scratch.path.string(), "--part", "attention/masked_attention"});
    INFO(said.text);
    CHECK(said.text.find("This part is earned.\n  the whole exercise: ./grade attention\n") != std::string::npos);
    CHECK(said.text.find("You have built") == std::string::npos);
}

TEST_CASE("hidden tests judge the waiting parts too") {
    const auto result = graded_with("attention", {in_the_denominator}, {"--hidden", "--seed", "5"});
    const auto judged = part(result, "attention", "scaled_dot_product");
    CHECK(judged.at("status") == "passed");
    CHECK(std::ranges::any_of(judged.at("tests"),
                              [](const nlohmann::json& test) { return test.at("hidden").get<bool>(); }));
}
