#include "summing.hpp"

namespace summing {

RowVector total(const Matrix& values) { return counting::running_sums(values).bottomRows(1); }

}  // namespace summing
