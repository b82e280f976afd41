// Hidden tests of `@ID@`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(@ID@, center_rows, "center_rows")
