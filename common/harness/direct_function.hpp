// The call without a boundary: `learner::softmax_rows(x)` runs in the tests' own process, where a
// debugger sees both. Never for grading.
#ifndef QKV_REMOTE_DIRECT_HPP
#define QKV_REMOTE_DIRECT_HPP

namespace qkv::remote {

/// A graded function is about to be called; counts the calls.
void begin_direct_call();

template <class Signature>
class DirectCall;

template <class Result, class... Arguments>
class DirectCall<Result(Arguments...)> {
public:
    explicit constexpr DirectCall(Result (*function)(Arguments...)) : function_(function) {}

    /// Takes what the function takes; a conversion to it happens before the call is counted.
    Result operator()(Arguments... arguments) const {
        begin_direct_call();
        return function_(static_cast<Arguments&&>(arguments)...);
    }

private:
    Result (*function_)(Arguments...);
};

}  // namespace qkv::remote

#endif
