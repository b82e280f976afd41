// QKV_FIELDS lists the fields of a struct, once, for everything that walks its values.
#pragma once

#include "wire/walk.hpp"

#define QKV_PARENS ()
#define QKV_EXPAND(...) QKV_EXPAND2(QKV_EXPAND2(QKV_EXPAND2(__VA_ARGS__)))
#define QKV_EXPAND2(...) QKV_EXPAND1(QKV_EXPAND1(QKV_EXPAND1(__VA_ARGS__)))
#define QKV_EXPAND1(...) __VA_ARGS__
#define QKV_MEMBERS(value, first, ...) value.first __VA_OPT__(, QKV_MEMBERS_AGAIN QKV_PARENS(value, __VA_ARGS__))
#define QKV_MEMBERS_AGAIN() QKV_MEMBERS

// The structured binding fails to compile when the list is longer or shorter than the struct.
#define QKV_FIELDS(Struct, ...)                                                                               \
    inline void qkv_complete(const Struct& qkv_all) { [[maybe_unused]] const auto& [__VA_ARGS__] = qkv_all; } \
    constexpr const char* field_names(const Struct&) { return #__VA_ARGS__; }                                 \
    template <class Value, class Visitor>                                                                     \
    requires std::same_as<std::remove_const_t<Value>, Struct>                                                 \
    void fields(Value& qkv_value, Visitor&& qkv_visit) { qkv_visit(QKV_EXPAND(QKV_MEMBERS(qkv_value, __VA_ARGS__))); }
