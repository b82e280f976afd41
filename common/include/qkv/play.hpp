// What a playground includes: `./grade play ID` compiles it with the learner's functions and runs it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace qkv {

/// Prints a matrix or a row with its name and shape (rows x columns), one row a line.
template <class Derived>
void print(const std::string& name, const Eigen::DenseBase<Derived>& values) {
    static const Eigen::IOFormat format(4, 0, "  ", "\n", "    ");
    std::cout << name << " (" << values.rows() << " x " << values.cols() << ")\n";
    if (values.size() > 0) std::cout << values.format(format) << '\n';
}

/// Prints a list on one line.
template <class T>
void print(const std::string& name, const std::vector<T>& values) {
    std::cout << name << " (" << values.size() << ")\n   ";
    for (const auto& value : values) std::cout << ' ' << value;
    std::cout << '\n';
}

/// Prints a number or a text.
template <class T>
requires std::is_arithmetic_v<T>
void print(const std::string& name, T value) { std::cout << name << " = " << value << '\n'; }
inline void print(const std::string& name, const std::string& text) { std::cout << name << " = " << text << '\n'; }

/// Of Eigen's assertions: see eigen_assert.hpp.
[[noreturn, gnu::used]] inline void eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error("Eigen stopped in " + std::string(function) + ": " + expression + " does not hold");
}

namespace play {

/// Says what was thrown and caught by nobody, and ends.
[[noreturn]] inline void say_and_end() {
    std::cout.flush();
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const NotImplemented& todo) {
        std::fprintf(stderr, "%s is not written yet: its qkv::todo() was reached\n", todo.function);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "an exception that nobody caught: %s\n", error.what());
    } catch (...) {
        std::fprintf(stderr, "an exception that nobody caught\n");
    }
    std::_Exit(1);
}

[[gnu::used]] inline const std::terminate_handler before = std::set_terminate(say_and_end);

}  // namespace play

}  // namespace qkv
