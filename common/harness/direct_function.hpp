// The call without a boundary: `learner::softmax_rows(x)` runs in the tests' own process, where a
// debugger sees both. Never for grading.
#pragma once

#include "wire/checked.hpp"

namespace qkv::harness {

/// A graded function is about to be called; counts the calls.
void begin_direct_call();

template <class Signature>
class DirectFunction;

template <class Result, class... Arguments>
class DirectFunction<Result(Arguments...)> {
public:
    explicit constexpr DirectFunction(Result (*function)(Arguments...)) : function_(function) {}

    /// Takes what the function takes; a conversion to it happens before the call is counted.
    Result operator()(Arguments... arguments) const {
        begin_direct_call();
        return function_(static_cast<Arguments&&>(arguments)...);
    }

private:
    Result (*function_)(Arguments...);
};

}  // namespace qkv::harness

#define QKV_REMOTE(space, name)                                                          \
    namespace learner {                                                                  \
    QKV_CHECKED(space, name)                                                             \
    inline const qkv::harness::DirectFunction<decltype(space::name)> name{&space::name}; \
    }
