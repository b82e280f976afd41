// Catch2 2.13 and 3.x behind one set of names.
#pragma once

#include <concepts>
#include <string>

#include "qkv/matrix.hpp"

#if __has_include(<catch2/catch_all.hpp>)
#define QKV_CATCH2_VERSION 3
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#else
#define QKV_CATCH2_VERSION 2
#include <catch2/catch.hpp>
#endif

namespace qkv::harness {

#if QKV_CATCH2_VERSION == 3
template <class T>
using MatcherBase = Catch::Matchers::MatcherBase<T>;
#else
template <class T>
using MatcherBase = Catch::MatcherBase<T>;
#endif

}  // namespace qkv::harness

/// A failing assertion shows a matrix by its shape; the matcher tells the rest.
template <class Dense>
requires std::derived_from<Dense, Eigen::DenseBase<Dense>>
struct Catch::StringMaker<Dense> {
    static std::string convert(const Dense& matrix) {
        return "(" + std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols()) + ")";
    }
};
