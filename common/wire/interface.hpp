// The two words of an exercise's remote.hpp:
//
//   QKV_FIELDS(attention::AttentionResult, output, weights)   one line a struct
//   QKV_REMOTE(attention, softmax_rows)                       one line a graded function
//
// What QKV_REMOTE does, each side says for itself, before remote.hpp is included: in the tests
// (harness/remote_function.hpp) it declares `learner::softmax_rows`, a call into the worker; in the worker
// (worker/worker.hpp) it declares the function weak and puts it on the table of what can be called. Both take the type
// from the interface header, so tests and learners cannot drift apart.
#pragma once

#include "wire/checked.hpp"
#include "wire/fields.hpp"

#ifndef QKV_REMOTE
#error "include testing/tests.hpp or testing/hidden.hpp before an exercise's remote.hpp"
#endif
