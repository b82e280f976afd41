// Any value as a list of matrices, so that one comparer serves all types.
#ifndef QKV_TESTING_MATRICES_HPP
#define QKV_TESTING_MATRICES_HPP

#include <vector>

#include "wire/walk.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

using wire::Leaf;

/// Visitor that lists a value's parts as matrices, so that one comparer serves all types.
class Matrices {
public:
    std::vector<Matrix> all;

    template <Leaf T>
    void leaf(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            all.push_back(filled(1, 1, static_cast<Scalar>(value)));
        } else if constexpr (std::same_as<T, Mask>) {
            all.push_back(as_matrix(value));
        } else if constexpr (std::same_as<T, std::vector<bool>> || std::same_as<T, std::string>) {
            Matrix row(1, static_cast<Index>(value.size()));
            for (std::size_t i = 0; i < value.size(); ++i)
                row(0, static_cast<Index>(i)) = static_cast<Scalar>(value[i]);
            all.push_back(row);
        } else {
            all.push_back(value);
        }
    }
    void length(const auto& list) { leaf(list.size()); }
    void presence(const auto& optional) { leaf(optional.has_value()); }
};

template <class T>
std::vector<Matrix> as_matrices(const T& value) {
    Matrices matrices;
    wire::walk(value, matrices);
    return matrices.all;
}

}  // namespace qkv::testing

#endif
