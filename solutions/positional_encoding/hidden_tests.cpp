#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"
using namespace qkv::testing;
namespace cases = positional_encoding::cases;

QKV_TEST("encode_position on random positions and widths", "随机位置与维度上的 encode_position", "[one_position]") {
    check_random_cases(learner::encode_position, positional_encoding::encode_position, cases::encode_position);
}

QKV_TEST("sinusoidal_encoding on random shapes", "随机形状上的 sinusoidal_encoding", "[sinusoidal]") {
    check_random_cases(learner::sinusoidal_encoding, positional_encoding::sinusoidal_encoding,
                       cases::sinusoidal_encoding);
}

QKV_TEST("add_positions on random embeddings and offsets", "随机嵌入与偏移上的 add_positions", "[add_positions]") {
    check_random_cases(learner::add_positions, positional_encoding::add_positions, cases::add_positions);
}

QKV_TEST("add_learned_positions on random tables and offsets", "随机位置表与偏移上的 add_learned_positions",
         "[learned_positions]") {
    check_random_cases(learner::add_learned_positions, positional_encoding::add_learned_positions,
                       cases::add_learned_positions);
}

QKV_TEST("shift_matrix on random widths and shifts", "随机维度与平移量上的 shift_matrix", "[shift_matrix]") {
    check_random_cases(learner::shift_matrix, positional_encoding::shift_matrix, cases::shift_matrix);
}
