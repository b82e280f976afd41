// What a graded function may look like; both sides of the boundary check it where an exercise's remote.hpp names one.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace qkv::wire {

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

}  // namespace qkv::wire

#define QKV_CHECKED(space, name)                                                                             \
    inline constexpr auto qkv_call_##name =                                                                  \
        [](auto&&... arguments) -> decltype(space::name(static_cast<decltype(arguments)&&>(arguments)...)) { \
        return space::name(static_cast<decltype(arguments)&&>(arguments)...);                                \
    };                                                                                                       \
    static_assert(!qkv::wire::Checked<decltype(space::name)>::has_default_argument(qkv_call_##name),         \
                  #name ": a graded function has no default arguments");
