// Hidden tests of `neural_turing_machine`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(neural_turing_machine, content_weights, "content")
QKV_RANDOM_CASES(neural_turing_machine, interpolate, "interpolation")
QKV_RANDOM_CASES(neural_turing_machine, shift_weights, "shift")
QKV_RANDOM_CASES(neural_turing_machine, sharpen, "sharpening")
QKV_RANDOM_CASES(neural_turing_machine, address, "addressing")
QKV_RANDOM_CASES(neural_turing_machine, read, "reading")
QKV_RANDOM_CASES(neural_turing_machine, write, "writing")
