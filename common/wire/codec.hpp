// Values to bytes and back. The reader trusts nothing: each value is preceded by its kind, and
// every length is held against the bytes that remain before anything is allocated.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "wire/walk.hpp"

namespace qkv::wire {

using Bytes = std::vector<std::byte>;

enum class Kind : std::uint8_t { integer, scalar, text, matrix, row_vector, mask, flags, list, optional };

/// The kind that stands before a value of type T.
template <class T>
constexpr Kind kind_of() {
    if constexpr (std::is_floating_point_v<T>) return Kind::scalar;
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) return Kind::integer;
    if constexpr (std::same_as<T, std::string>) return Kind::text;
    if constexpr (std::same_as<T, Matrix>) return Kind::matrix;
    if constexpr (std::same_as<T, RowVector>) return Kind::row_vector;
    if constexpr (std::same_as<T, Mask>) return Kind::mask;
    if constexpr (std::same_as<T, std::vector<bool>>) return Kind::flags;
}

/// No sequence, and no side of a matrix, may be longer than this.
inline constexpr std::uint64_t longest_side = std::uint64_t{1} << 28;

/// Visitor that appends a value's bytes.
class Writer {
public:
    const Bytes& bytes() const { return bytes_; }

    template <Leaf T>
    void leaf(const T& value) {
        put(kind_of<T>());
        if constexpr (std::is_floating_point_v<T>) {
            put(static_cast<double>(value));
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            put(static_cast<std::int64_t>(value));
        } else if constexpr (std::same_as<T, std::string>) {
            put(std::uint64_t{value.size()});
            put_all(value.data(), value.size());
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            put(std::uint64_t{value.size()});
            for (const bool flag : value) put(static_cast<std::uint8_t>(flag));
        } else {
            put(static_cast<std::uint64_t>(value.rows()));
            put(static_cast<std::uint64_t>(value.cols()));
            put_all(value.data(), static_cast<std::size_t>(value.size()) * sizeof(*value.data()));
        }
    }
    void length(const auto& list) {
        put(Kind::list);
        put(std::uint64_t{list.size()});
    }
    void presence(const auto& optional) {
        put(Kind::optional);
        put(static_cast<std::uint8_t>(optional.has_value()));
    }

private:
    void put(auto value) { put_all(&value, sizeof value); }
    void put_all(const void* data, std::size_t size) {
        const auto* begin = static_cast<const std::byte*>(data);
        bytes_.insert(bytes_.end(), begin, begin + size);
    }
    Bytes bytes_;
};

template <class T>
Bytes encode(const T& value) {
    Writer writer;
    walk(value, writer);
    return writer.bytes();
}

/// The fewest bytes a T can take: those of an empty one.
template <class T>
std::size_t least_size() {
    static const std::size_t size = encode(T{}).size();
    return size;
}

/// Visitor that fills a value from bytes. After the first fault it reads nothing more: `ok()` is
/// false, numbers keep their value and lists stay empty.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    bool ok() const { return ok_; }
    /// All bytes were used and none was wrong.
    bool complete() const { return ok_ && rest_.empty(); }
    /// An element of a mask was neither true nor false: memory that was never set.
    bool never_set() const { return never_set_; }

    template <Leaf T>
    void leaf(T& value) {
        if (!expect(kind_of<T>())) return;
        if constexpr (std::is_floating_point_v<T>) {
            value = static_cast<T>(take<double>());
        } else if constexpr (std::same_as<T, bool>) {
            value = take_flag(take<std::int64_t>());
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            read_integer(value);
        } else if constexpr (std::same_as<T, std::string>) {
            const std::uint64_t size = take<std::uint64_t>();
            if (!has(size, 1)) return;
            value.assign(reinterpret_cast<const char*>(rest_.data()), size);
            rest_ = rest_.subspan(size);
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            const std::uint64_t size = take<std::uint64_t>();
            if (!has(size, 1)) return;
            value.assign(size, false);
            for (std::size_t i = 0; i < size; ++i) value[i] = take_flag(take<std::uint8_t>());
        } else {
            read_dense(value);
        }
    }
    template <class List>
    void length(List& list) {
        list.clear();
        if (!expect(Kind::list)) return;
        const std::uint64_t size = take<std::uint64_t>();
        if (!has(size, least_size<typename List::value_type>())) return;
        list.resize(size);
    }
    void presence(auto& optional) {
        optional.reset();
        if (!expect(Kind::optional)) return;
        if (take_flag(take<std::uint8_t>()) && ok_) optional.emplace();
    }

private:
    bool fail() {
        ok_ = false;
        rest_ = {};
        return false;
    }
    bool has(std::uint64_t count, std::uint64_t size) {
        return ok_ && ((count <= longest_side && count * size <= rest_.size()) || fail());
    }
    template <class T>
    T take() {
        T value{};
        if (!ok_ || rest_.size() < sizeof value) {
            fail();
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_ = rest_.subspan(sizeof value);
        return value;
    }
    bool expect(Kind kind) {
        const auto found = take<std::uint8_t>();
        return ok_ && (found == static_cast<std::uint8_t>(kind) || fail());
    }
    bool take_flag(std::int64_t number) {
        if (number != 0 && number != 1) fail();
        return number == 1;
    }
    template <class T>
    void read_integer(T& value) {
        const auto number = take<std::int64_t>();
        if (!ok_) return;
        value = static_cast<T>(number);
        if (static_cast<std::int64_t>(value) != number) fail();
    }
    template <class Dense>
    void read_dense(Dense& value) {
        using Element = typename Dense::Scalar;
        const auto rows = take<std::uint64_t>();
        const auto cols = take<std::uint64_t>();
        if (!ok_ || rows > longest_side || cols > longest_side) {
            fail();
            return;
        }
        if (Dense::RowsAtCompileTime == 1 && rows != 1) {
            fail();
            return;
        }
        const std::uint64_t size = rows * cols * sizeof(Element);
        if (size > rest_.size()) {
            fail();
            return;
        }
        value.resize(static_cast<Index>(rows), static_cast<Index>(cols));
        if constexpr (std::same_as<Element, bool>) {
            for (Index i = 0; i < value.size() && ok_; ++i) {
                const auto byte = take<std::uint8_t>();
                never_set_ |= byte > 1;
                value.data()[i] = byte == 1;
            }
        } else if (size > 0) {
            std::memcpy(value.data(), rest_.data(), size);
            rest_ = rest_.subspan(size);
        }
    }

    std::span<const std::byte> rest_;
    bool ok_ = true;
    bool never_set_ = false;
};

}  // namespace qkv::wire
