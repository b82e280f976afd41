// The two words of an exercise's remote.hpp:
//
//   QKV_FIELDS(attention::AttentionResult, output, weights)   one line a struct
//   QKV_REMOTE(attention, softmax_rows)                       one line a graded function
//
// In the tests, QKV_REMOTE declares `learner::softmax_rows`, a call into the worker. In the worker
// it declares the function weak and puts it on the table of what can be called. Both take the type
// from the interface header, so tests and learners cannot drift apart. With QKV_IN_PROCESS the tests
// call the function directly: for debuggers and comparisons, never for grading.
#ifndef QKV_REMOTE_INTERFACE_HPP
#define QKV_REMOTE_INTERFACE_HPP

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "wire/fields.hpp"

namespace qkv::remote {

/// Values and const references may cross the boundary; pointers and mutable references may not.
template <class T>
concept Crosses = (!std::is_reference_v<T> ||
                   std::is_const_v<std::remove_reference_t<T>>)&&!std::is_pointer_v<std::remove_cvref_t<T>> &&
                  !std::is_rvalue_reference_v<T>;

template <class Signature>
struct Checked {
    static_assert(sizeof(Signature) == 0, "a graded function is a plain free function, not noexcept");
};
template <class Result, class... Arguments>
struct Checked<Result(Arguments...)> {
    static_assert(!std::is_reference_v<Result> && !std::is_pointer_v<Result> && !std::is_void_v<Result>,
                  "a graded function returns a value");
    static_assert((Crosses<Arguments> && ...), "a graded function takes values or const references");

    /// True if `call` works without its last argument.
    template <class Call>
    static constexpr bool has_default_argument(Call) {
        if constexpr (sizeof...(Arguments) == 0) {
            return false;
        } else {
            return []<std::size_t... I>(std::index_sequence<I...>) {
                return std::is_invocable_v<Call, std::tuple_element_t<I, std::tuple<Arguments...>>...>;
            }
            (std::make_index_sequence<sizeof...(Arguments) - 1>{});
        }
    }
};

}  // namespace qkv::remote

#define QKV_CHECKED(space, name)                                                                             \
    inline constexpr auto qkv_call_##name =                                                                  \
        [](auto&&... arguments) -> decltype(space::name(static_cast<decltype(arguments)&&>(arguments)...)) { \
        return space::name(static_cast<decltype(arguments)&&>(arguments)...);                                \
    };                                                                                                       \
    static_assert(!qkv::remote::Checked<decltype(space::name)>::has_default_argument(qkv_call_##name),       \
                  #name ": a graded function has no default arguments");

#ifdef QKV_WORKER
#include "worker/worker.hpp"
#define QKV_REMOTE(space, name)                       \
    namespace space {                                 \
    extern decltype(name) name __attribute__((weak)); \
    }                                                 \
    namespace qkv::worker::table {                    \
    QKV_CHECKED(space, name)                          \
    const Entry name = enter(#name, &space::name);    \
    }
#elif defined(QKV_IN_PROCESS)
#include "harness/direct_function.hpp"
#define QKV_REMOTE(space, name)                                                     \
    namespace learner {                                                             \
    QKV_CHECKED(space, name)                                                        \
    inline const qkv::remote::DirectCall<decltype(space::name)> name{&space::name}; \
    }
#else
#include "harness/remote_function.hpp"
#define QKV_REMOTE(space, name)                                            \
    namespace learner {                                                    \
    QKV_CHECKED(space, name)                                               \
    inline const qkv::remote::Function<decltype(space::name)> name{#name}; \
    }
#endif

#endif
