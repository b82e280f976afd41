// What `@ID@` looks like: ./grade show @ID@.
#include "testing/scene.hpp"

#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;

QKV_SCENE("What is left of a row without its mean?", "去掉均值之后，一行还剩下什么？", "[center_rows]") {
    const Matrix rows{{1, 2, 6, -1}, {-4, 0, 1, 3}, {5, 5, 5, 5}};
    show({"before", "之前"}, rows, 3, 4, Look::values);
    show({"after: each row sums to zero, and equal numbers vanish", "之后：每一行的和为零，全部相等的行消失了"},
         learner::center_rows(rows), 3, 4, Look::values);
}
