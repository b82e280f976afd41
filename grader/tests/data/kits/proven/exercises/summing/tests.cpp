#include "testing/tests.hpp"
#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;

QKV_TEST("the total of three rows", "三行的总和", "[total]") {
    CHECK_THAT(learner::total(Matrix{{1, 2}, {3, 5}, {-4, 9}}), Equals(Matrix{{0, 16}}));
}
