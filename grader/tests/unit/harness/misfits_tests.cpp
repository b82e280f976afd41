// From valid arguments, all those in which one shape is wrong.
#include "testing/misfits.hpp"

#include <optional>
#include <string>
#include <vector>

#include "harness/catch2.hpp"

namespace misfitting {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;

struct Layer {
    Matrix weight;
    RowVector bias;
};
struct Stack {
    std::vector<Layer> layers;
    std::optional<Layer> last;
    Index n_heads;
};

QKV_FIELDS(Layer, weight, bias)
QKV_FIELDS(Stack, layers, last, n_heads)

}  // namespace misfitting

namespace {

using namespace misfitting;
using qkv::TokenIds;
using qkv::testing::Change;
using qkv::testing::each_misfit;
using qkv::testing::Misfits;

Matrix matrix(Index rows, Index columns) { return Matrix::Constant(rows, columns, 2); }

std::string told(const Change& change) { return change.place + ": " + change.wrong + ", not " + change.right; }

/// "key: 5 x 6, not 5 x 7" of each, in order.
template <class... T>
std::vector<std::string> told(const Misfits<T...>& misfits) {
    std::vector<std::string> all;
    misfits.each([&](const Change& change, const auto&) {
        all.push_back(told(change));
        return true;
    });
    return all;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

const Layer layer{matrix(2, 3), RowVector::Ones(3)};

}  // namespace

TEST_CASE("a matrix is too wide, too narrow, too tall, too flat, turned, a row, a column, nothing") {
    const Misfits misfits("key", matrix(4, 3));
    CHECK(told(misfits) ==
          std::vector<std::string>{"key: 4 x 4, not 4 x 3", "key: 4 x 2, not 4 x 3", "key: 5 x 3, not 4 x 3",
                                   "key: 3 x 3, not 4 x 3", "key: 3 x 4, not 4 x 3", "key: 1 x 3, not 4 x 3",
                                   "key: 4 x 1, not 4 x 3", "key: 4 x 0, not 4 x 3", "key: 0 x 3, not 4 x 3"});
    misfits.each([](const Change& change, const std::tuple<Matrix>& arguments) {
        const Matrix& key = std::get<0>(arguments);
        CHECK(std::to_string(key.rows()) + " x " + std::to_string(key.cols()) == change.wrong);
        CHECK((key.size() == 0 || (key.minCoeff() >= 1 && key.maxCoeff() == 2)));  // old numbers; new ones are halves
        return true;
    });
}

TEST_CASE("exactly one place of the arguments is wrong, also deep inside, in the middle and in the last") {
    const Stack stack{{layer, layer, layer}, layer, 4};
    std::vector<std::string> all;
    each_misfit(std::tuple(stack, TokenIds{5, 6}), {"stack", "ids"}, 1000, 0,
                [&](const Change& change, const auto& arguments) {
                    all.push_back(told(change));
                    const auto& [other, ids] = arguments;
                    int differences = (other.n_heads != 4) + (other.layers.size() != 3) + (ids.size() != 2);
                    const auto count = [&](const Layer& one) {
                        differences += one.weight.rows() != 2 || one.weight.cols() != 3 || one.bias.size() != 3;
                    };
                    for (const Layer& one : other.layers) count(one);
                    count(*other.last);
                    CHECK(differences == 1);
                    return true;
                });
    CHECK(contains(all, "stack.layers[0].weight: 2 x 4, not 2 x 3"));
    CHECK(contains(all, "stack.layers[1].bias: 1 x 2, not 1 x 3"));
    CHECK(contains(all, "stack.layers[2].weight: 1 x 3, not 2 x 3"));
    CHECK(contains(all, "stack.layers.size(): 4, not 3"));
    CHECK(contains(all, "stack.layers.size(): 2, not 3"));
    CHECK(contains(all, "stack.last.bias: 1 x 4, not 1 x 3"));
    CHECK(contains(all, "stack.n_heads: 3, not 4"));
    CHECK(contains(all, "ids.size(): 3, not 2"));
}

TEST_CASE("of a long list, the first two elements are made wrong, the middle one and the last") {
    std::set<std::string> asked;
    each_misfit(std::tuple(std::vector<Matrix>(7, matrix(2, 3))), {"layers"}, 1000, 0,
                [&](const Change& change, const auto&) {
                    asked.insert(change.place);
                    return true;
                });
    CHECK(asked == std::set<std::string>{"layers.size()", "layers[0]", "layers[1]", "layers[3]", "layers[6]"});
}

TEST_CASE("visible tests ask about shapes only: neither numbers nor empty masks, nor what may be any size") {
    const Misfits all("layer, n, mask", layer, Index{2}, Mask(Mask::Constant(2, 3, true)));
    for (const std::string& text : told(all)) {
        CHECK(text.find("n: ") == std::string::npos);
        CHECK((text.find("mask: ") != 0 || text.find(" 0, not") == std::string::npos));
    }
    const auto rest = told(all.except({"layer.weight.rows", "layer.bias.columns"}));
    CHECK(contains(rest, "layer.weight: 2 x 4, not 2 x 3"));
    CHECK(contains(rest, "layer.weight: 3 x 2, not 2 x 3"));  // its rows may be any, its columns not
    CHECK(!contains(rest, "layer.weight: 3 x 3, not 2 x 3"));
    CHECK(!contains(rest, "layer.bias: 1 x 2, not 1 x 3"));
    CHECK(contains(rest, "mask: 1 x 3, not 2 x 3"));
}

TEST_CASE("elements of a list are excepted without their number") {
    const Misfits<std::vector<Layer>> all("layers", {layer, layer});
    const auto rest = told(all.except({"layers.weight.rows", "layers.size()"}));
    CHECK(!contains(rest, "layers[1].weight: 3 x 3, not 2 x 3"));
    CHECK(!contains(rest, "layers.size(): 1, not 2"));
    CHECK(contains(rest, "layers[1].weight: 2 x 4, not 2 x 3"));
}

TEST_CASE("a few of them are spread over all places, and every one has its turn") {
    const std::tuple arguments(matrix(4, 3), matrix(2, 3), matrix(2, 5));
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 9; ++seed) {
        std::size_t few = 0;
        each_misfit(arguments, {"a", "b", "c"}, 3, seed, [&](const Change& change, const auto&) {
            seen.insert(told(change));
            ++few;
            return true;
        });
        CHECK((few == 2 || few == 3));
    }
    std::size_t count = 0;
    each_misfit(arguments, {"a", "b", "c"}, 1000, 0, [&](const Change&, const auto&) { return ++count > 0; });
    CHECK(seen.size() == count);
}
