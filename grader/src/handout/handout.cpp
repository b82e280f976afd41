#include "handout/handout.hpp"

namespace qkv::grader {

int handout_command(const Kit&, const Arguments&) {
    throw Failure(wrong_usage, Text{"handout is not there yet.", "handout 还没有做好。"});
}

}  // namespace qkv::grader
