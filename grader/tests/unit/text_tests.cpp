#include "qkv/matrix.hpp"
#include "testing/catch2.hpp"
#include "text.hpp"
TEST_CASE("control characters become a replacement mark") { CHECK(qkv::clean("a\x1b[0m") == "a\xef\xbf\xbd[0m"); }
