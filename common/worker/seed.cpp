// What learners' files may use of the standard library. The members of the system's static libraries that this file
// needs are put into one small archive, so that linking a worker does not read all of them: cmake/runtime.cmake.in.
// What is missing here is still found, by a second and slower link.
#include <chrono>
#include <cmath>
#include <complex>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <variant>

namespace {

template <typename Number>
Number numbers(Number x, Number y) {
    int whole = 0;
    Number part = std::frexp(x, &whole) + std::modf(y, &x);
    part += std::exp(x) + std::exp2(x) + std::expm1(x) + std::log(x) + std::log2(x) + std::log10(x) + std::log1p(x);
    part += std::sin(x) + std::cos(x) + std::tan(x) + std::asin(x) + std::acos(x) + std::atan(x) + std::atan2(x, y);
    part +=
        std::sinh(x) + std::cosh(x) + std::tanh(x) + std::pow(x, y) + std::sqrt(x) + std::cbrt(x) + std::hypot(x, y);
    part += std::erf(x) + std::erfc(x) + std::tgamma(x) + std::lgamma(x) + std::fmod(x, y) + std::remainder(x, y);
    part += std::floor(x) + std::ceil(x) + std::round(x) + std::trunc(x) + std::nearbyint(x) + std::rint(x);
    part += std::fma(x, y, x) + std::ldexp(x, whole) + std::nextafter(x, y) + std::fdim(x, y) + std::copysign(x, y);
    part += static_cast<Number>(std::lround(x) + std::llround(y) + std::lrint(x));
    return part + std::abs(std::exp(std::complex<Number>(x, y)) * std::polar(x, y));
}

double library(const std::string& text) {
    std::ostringstream stream;
    stream << std::setw(4) << std::fixed << std::setprecision(3) << text << 1 << 2U << 3L << 4UL << 0.5 << 0.5F << true
           << '\n';
    std::cout << stream.str() << std::endl;
    std::cerr << text << 1.0 << 1 << 1L << 1UL;
    std::map<std::string, double> ordered{{text, std::stod(text)}};
    std::unordered_map<std::string, int> hashed{{text, std::stoi(text)}};
    std::set<int> numbers_seen{hashed[text]};
    const std::function<double(double)> twice = [&](double x) { return 2 * x + ordered.begin()->second; };
    std::mt19937_64 random(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
    std::normal_distribution<double> normal;
    std::variant<int, double> either = normal(random);
    const auto shared = std::make_shared<double>(twice(std::get<double>(either)));
    if (numbers_seen.empty())
        throw std::out_of_range(text + std::to_string(1) + std::to_string(1UL) + std::to_string(0.5));
    if (text.size() == 1) throw std::domain_error(text);
    if (text.size() == 2) throw std::logic_error(text);
    if (text.size() == 3) throw std::length_error(text);
    if (text.size() == 4) throw std::runtime_error(text);
    if (text.size() == 5) throw std::overflow_error(text);
    return *shared + std::stof(text) + static_cast<double>(std::stol(text));
}

}  // namespace

/// Kept, and called by nobody.
double qkv_seed(const std::string& text, double x, float y);
double qkv_seed(const std::string& text, double x, float y) {
    return library(text) + numbers(x, x) + static_cast<double>(numbers(y, y));
}
