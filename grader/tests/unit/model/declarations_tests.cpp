// Which functions a file of an exercise declares or defines.
#include "model/declarations.hpp"

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"

using qkv::grader::declarations;

TEST_CASE("declarations of a header, with their parameters and lines") {
    const auto found = declarations(R"(// f(x) in a comment;
#include <vector>
namespace a {
/* and g(y); here */
using qkv::Matrix;
struct Weights { Matrix inner; int size() const; };
enum class Order { post, pre };
Matrix layer(const Matrix& tokens,
             const std::vector<std::pair<int, int>>& pairs, Order);
int count();
}  // namespace a
)");
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "layer");
    CHECK(found[0].line == 8);
    CHECK_FALSE(found[0].defined);
    CHECK(found[0].parameters == std::vector<std::string>{"tokens", "pairs", "Order"});
    CHECK(found[1].name == "count");
    CHECK(found[1].parameters.empty());
}

TEST_CASE("definitions count, helpers of the file do not") {
    const auto found = declarations(R"(
namespace a {
namespace {
int helper(int x) { return x; }
}
static int other(int x) { return x; }
template <class T> T third(T x) { return x; }
int graded(int x) {
    if (x > 0) { return helper(x); }  // } not the end
    return "}"[0];
}
constexpr int table[] = {helper(1), 2};
}
int outside(int) { return 1; }
)");
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "graded");
    CHECK(found[0].defined);
    CHECK(found[0].line == 8);
    CHECK(found[1].name == "outside");
}
