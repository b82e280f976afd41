// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_@ID_UPPER@_REMOTE_HPP
#define QKV_@ID_UPPER@_REMOTE_HPP

#include "@ID@.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

QKV_REMOTE(@ID@, center_rows)

#endif
