// The grader of `@ID@`: laws first, golden values after.
#include "testing/tests.hpp"

#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;

QKV_TEST("every row has mean zero afterwards", "处理之后每一行的均值为零", "[center_rows]") {
    const Matrix centered = learner::center_rows(Matrix{{1, 2, 6}, {-4, 0, 1}});
    CHECK_THAT(centered.rowwise().mean(), Equals(filled(2, 1, 0)));
}

QKV_TEST("adding a constant to a row changes nothing", "给一行加上同一个常数，结果不变", "[center_rows]") {
    const Matrix once = learner::center_rows(Matrix{{1, 2, 6}, {-4, 0, 1}});
    CHECK_THAT(learner::center_rows(Matrix{{11, 12, 16}, {-4, 0, 1}}), SameAs(once));
}

QKV_TEST("the golden rows come out", "与标准结果一致", "[center_rows]") {
    CHECK_THAT(learner::center_rows(golden("input")), Equals(golden("centered")));
}

QKV_TEST("rows without columns are an error", "没有列是错误", "[center_rows]") {
    CHECK_THROWS_AS(learner::center_rows(Matrix(3, 0)), std::invalid_argument);
}
