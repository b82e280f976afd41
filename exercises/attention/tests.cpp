#include "remote.hpp"
#include "testing/tests.hpp"
using namespace qkv;
using namespace qkv::testing;

QKV_TEST("each row of weights sums to one", "每一行权重之和为一", "[softmax_rows]") {
    Matrix scores(2, 3);
    scores << 1, 2, 3, -1, 0.5, 4;
    CHECK_THAT(learner::softmax_rows(scores).rowwise().sum(), Equals(filled(2, 1, 1)));
}
