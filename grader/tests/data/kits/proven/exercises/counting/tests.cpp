#include "testing/tests.hpp"
#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;

QKV_TEST("the sums of three rows", "三行之和", "[running_sums]") {
    CHECK_THAT(learner::running_sums(Matrix{{1, 2}, {3, 5}, {-4, 8}}), Equals(Matrix{{1, 2}, {4, 7}, {0, 15}}));
}

QKV_TEST("the means of three rows", "三行的平均", "[running_means]") {
    const Matrix means = learner::running_means(Matrix{{1, 2}, {3, 5}, {-4, 8}});
    CHECK_THAT(means.row(0), Equals(Matrix{{1, 2}}));
    CHECK_THAT(means.row(2), Equals(Matrix{{0, 5}}));
}

QKV_TEST("the mean of the first two rows knows nothing of the third", "前两行的平均与第三行无关", "[running_means]") {
    CHECK_THAT(learner::running_means(Matrix{{4, 2}, {8, 6}, {0, 1}}).row(1), Equals(Matrix{{6, 4}}));
}
