#include "class/grade_class.hpp"

namespace qkv::grader {

int class_command(const Kit&, const Arguments&) {
    throw Failure(wrong_usage, Text{"class is not there yet.", "class 还没有做好。"});
}

}  // namespace qkv::grader
