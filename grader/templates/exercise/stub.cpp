// Your part of the exercise: replace qkv::todo() by code. What the function promises stands in
// @ID@.hpp, what it is for in README.md (README.zh.md). Grade with: ./grade @ID@
#include "@ID@.hpp"

namespace @ID@ {

Matrix center_rows(const Matrix& input) {
    // Which number belongs to which row? And what if there is no column to take a mean of?
    qkv::todo();
}

}  // namespace @ID@
