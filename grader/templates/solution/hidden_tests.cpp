// Hidden tests of `@ID@`: random shapes and values against the reference.
#include "cases.hpp"
#include "remote.hpp"
#include "testing/hidden.hpp"

QKV_RANDOM_CASES(@ID@, center_rows, "center_rows")
