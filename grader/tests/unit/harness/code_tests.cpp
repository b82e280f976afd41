// Values as C++: what is printed, pasted into this file, makes the same value again.
#include "testing/code.hpp"

#include <limits>

#include "harness/catch2.hpp"
#include "wire/fields.hpp"

namespace code_example {

enum class Order { post, pre };
struct Layer {
    qkv::Matrix weight;
    std::optional<qkv::RowVector> bias;
    Order order = Order::post;
};
struct Stack {
    std::vector<Layer> layers;
    std::vector<bool> kept;
    int heads = 0;
};
QKV_FIELDS(Layer, weight, bias, order)
QKV_FIELDS(Stack, layers, kept, heads)

}  // namespace code_example

using qkv::testing::code;

#define SAME_TEXT(...) CHECK(code(__VA_ARGS__) == #__VA_ARGS__)

TEST_CASE("the C++ of a value makes that value") {
    SAME_TEXT(qkv::Matrix{{1, 0.5}, {-2, 0.1}});
    SAME_TEXT(qkv::Matrix{{1}});
    SAME_TEXT(qkv::Matrix{{1}, {2}});
    SAME_TEXT(qkv::Matrix(0, 3));
    SAME_TEXT(qkv::RowVector{{1, 2}});
    SAME_TEXT(qkv::RowVector{{4}});
    SAME_TEXT(qkv::RowVector(0));
    SAME_TEXT(qkv::Mask{{true, false}});
    SAME_TEXT(qkv::Mask(0, 0));
    SAME_TEXT(std::vector<bool>{true, false});
    SAME_TEXT(std::vector<std::vector<int>>{std::vector<int>{1, 2}, std::vector<int>{}});
    SAME_TEXT(code_example::Order::pre);
    SAME_TEXT(std::vector<qkv::Matrix>{qkv::Matrix{{1, 2}}});
    // clang-format off
    SAME_TEXT(code_example::Stack{.layers = std::vector<code_example::Layer>{code_example::Layer{.weight = qkv::Matrix{{3}}, .bias = qkv::RowVector{{1, 2}}, .order = code_example::Order::post}}, .kept = std::vector<bool>{false}, .heads = 3});
    // clang-format on
}

TEST_CASE("an absent value, numbers out of range and results for the eye have their words") {
    CHECK(code(std::optional<int>()) == "std::nullopt");
    CHECK(code(-std::numeric_limits<double>::infinity()) == "-INFINITY");
    CHECK(code(std::numeric_limits<double>::quiet_NaN()) == "NAN");
    CHECK(code(static_cast<code_example::Order>(9)) == "code_example::Order(9)");
    CHECK(code(qkv::Matrix{{1.0 / 3, 2}}, 4) == "qkv::Matrix{{0.3333, 2}}");
    CHECK(code(std::string("a \"b\"")) == "\"a \\\"b\\\"\"");
    CHECK(code(std::string("\\ 猫\n\x1b"
                           "7")) == "\"\\\\ 猫\\n\\0337\"");
}
