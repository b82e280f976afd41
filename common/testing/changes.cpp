#include "testing/changes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace qkv::testing {

namespace {

using Shape = std::pair<Index, Index>;

/// The same numbers in another shape; where there are more of them, they repeat, but smaller each time: equal scores
/// of great size would be hard on right formulas.
template <class Dense>
void reshape(Dense& matrix, Index rows, Index columns) {
    const Dense old = matrix;
    matrix = Dense::Constant(rows, columns, 1);
    if (old.size() == 0) return;
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
            matrix(i, j) = old(i % old.rows(), j % old.cols());
            if constexpr (!std::same_as<Dense, Mask>) {
                const Index repeated = i / old.rows() + j / old.cols();
                matrix(i, j) /= static_cast<Scalar>(1 + repeated);
            }
        }
    }
}

/// The other shapes that a matrix is given, the nearest first.
std::vector<Shape> other_shapes(Index rows, Index columns, bool is_row) {
    const Shape candidates[] = {{rows, columns + 1}, {rows, columns - 1}, {rows + 1, columns},
                                {rows - 1, columns}, {columns, rows},     {1, columns},
                                {rows, 1},           {rows, 0},           {0, columns}};
    std::vector<Shape> shapes;
    for (const Shape& shape : candidates) {
        const bool possible = shape.first >= 0 && shape.second >= 0 && (!is_row || shape.first == 1);
        const bool other =
            shape != Shape{rows, columns} && std::find(shapes.begin(), shapes.end(), shape) == shapes.end();
        if (possible && other) shapes.push_back(shape);
    }
    return shapes;
}

std::vector<std::size_t> other_lengths(std::size_t length) {
    if (length == 0) return {1};
    if (length == 1) return {2, 0};
    return {length + 1, length - 1, 0};
}

template <class Number>
std::vector<Number> other_numbers(Number number) {
    if (number > 0) return {number + 1, number - 1};
    return {number + 1};
}

Change change_length(const std::string& name, std::size_t old, std::size_t fresh) {
    return {name + ".size()", std::to_string(fresh), std::to_string(old), {name + ".size()"}, false};
}

/// What can be done to one place.
struct Changer {
    const std::string& name;

    std::size_t count(const AnyList& list) const { return other_lengths(list.size).size(); }
    std::size_t count(const std::vector<bool>* flags) const { return other_lengths(flags->size()).size(); }
    std::size_t count(const Index* number) const { return other_numbers(*number).size(); }
    std::size_t count(const int* number) const { return other_numbers(*number).size(); }
    template <class Dense>
    std::size_t count(const Dense* matrix) const {
        return other_shapes(matrix->rows(), matrix->cols(), std::same_as<Dense, RowVector>).size();
    }

    Change change(const AnyList& list, std::size_t number) const {
        const std::size_t fresh = other_lengths(list.size)[number];
        list.resize(fresh);
        return change_length(name, list.size, fresh);
    }
    Change change(std::vector<bool>* flags, std::size_t number) const {
        const std::size_t old = flags->size(), fresh = other_lengths(old)[number];
        flags->resize(fresh, old == 0 || flags->back());
        return change_length(name, old, fresh);
    }
    Change change(Index* value, std::size_t number) const { return change_number(value, number); }
    Change change(int* value, std::size_t number) const { return change_number(value, number); }
    template <class Number>
    Change change_number(Number* value, std::size_t number) const {
        const Number old = std::exchange(*value, other_numbers(*value)[number]);
        return {name, std::to_string(*value), std::to_string(old), {}, false};
    }
    template <class Dense>
    Change change(Dense* matrix, std::size_t number) const {
        const Index rows = matrix->rows(), columns = matrix->cols();
        const Shape fresh = other_shapes(rows, columns, std::same_as<Dense, RowVector>)[number];
        reshape(*matrix, fresh.first, fresh.second);
        Change made{name,
                    fmt::format("{} x {}", fresh.first, fresh.second),
                    fmt::format("{} x {}", rows, columns),
                    {},
                    std::same_as<Dense, Mask> && matrix->size() == 0};
        if (fresh.first != rows) made.sizes.push_back(name + ".rows");
        if (fresh.second != columns) made.sizes.push_back(name + ".columns");
        return made;
    }
};

std::size_t count_of(const Place& place) {
    return std::visit([&](const auto& what) { return Changer{place.name}.count(what); }, place.what);
}

}  // namespace

std::size_t count_changes(const std::vector<Place>& places) {
    std::size_t count = 0;
    for (const Place& place : places) count += count_of(place);
    return count;
}

Change make_change(const std::vector<Place>& places, std::size_t number) {
    for (const Place& place : places) {
        const std::size_t count = count_of(place);
        if (number < count)
            return std::visit([&](const auto& what) { return Changer{place.name}.change(what, number); }, place.what);
        number -= count;
    }
    throw std::out_of_range("there are fewer changes");
}

bool is_free(const Change& change, const std::set<std::string>& free) {
    return std::all_of(change.sizes.begin(), change.sizes.end(), [&](std::string size) {
        for (std::size_t open; (open = size.find('[')) != std::string::npos;)
            size.erase(open, size.find(']') + 1 - open);
        return free.contains(size);
    });
}

}  // namespace qkv::testing
