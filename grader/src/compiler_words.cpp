#include "compiler_words.hpp"

#include <fmt/format.h>

#include <regex>
#include <sstream>
#include <vector>

namespace qkv {

std::string as_learner_knows(const std::string& output, const std::string& path, const std::filesystem::path& folder) {
    const std::string name = std::filesystem::path(path).filename().string();
    std::istringstream stream(output);
    std::string result;
    for (std::string line; std::getline(stream, line);) {
        // The compiler was given the bare name, so that is how places in the learner's file begin.
        for (const std::string& known : {folder.string() + "/" + name + ":", name + ":"}) {
            const std::size_t at = line.find(known);
            if (at == std::string::npos || (at != 0 && line[at - 1] != ' ')) continue;
            line = line.substr(0, at) + path + line.substr(at + known.size() - 1);
            break;
        }
        result += line + "\n";
    }
    return result;
}

/// Where an error inside a library came from: the first line about the learner's own file.
static std::string place_in(const std::string& path, const std::string& diagnostics, std::size_t error) {
    if (path.empty()) return "";
    // clang tells it after the error, g++ before it.
    std::size_t at = diagnostics.find("\n" + path + ":", error);
    if (at == std::string::npos) at = diagnostics.rfind("\n" + path + ":", error);
    if (at == std::string::npos) return "";
    return diagnostics.substr(at + 1, diagnostics.find('\n', at + 1) - at - 1).substr(0, 400) + "\n";
}

std::string first_error(const std::string& diagnostics, const std::string& path) {
    static const std::regex error_line(R"((^|: )(fatal )?error: |undefined reference to )");
    static const std::regex next_message(
        R"(^[^ ].*: (error|warning|note|fatal error): |^\d+ (error|warning)|^In file included)");
    constexpr std::size_t most_lines = 6;
    std::istringstream stream(diagnostics);
    std::vector<std::string> kept;
    for (std::string line; std::getline(stream, line) && kept.size() < most_lines;) {
        if (kept.empty()) {
            if (std::regex_search(line.substr(0, 2000), error_line)) kept.push_back(line);
        } else if (std::regex_search(line.substr(0, 2000), next_message)) {
            break;
        } else {
            kept.push_back(line);
        }
    }
    if (kept.empty()) {
        std::istringstream again(diagnostics);
        for (std::string line; std::getline(again, line) && kept.size() < most_lines;) kept.push_back(line);
    }
    std::string text;
    for (const std::string& line : kept) text += line.substr(0, 400) + "\n";
    const bool own = path.empty() || text.starts_with(path + ":");
    const std::size_t error = kept.empty() ? std::string::npos : diagnostics.find(kept.front());
    if (!own && error != std::string::npos) text += place_in(path, diagnostics, error);
    return text;
}

/// What the compiler's words mean; {} is the exercise. The first entry whose pattern is found counts.
struct Meaning {
    const char* pattern;
    Text text;
};

static const std::vector<Meaning>& meanings() {
    static const std::vector<Meaning> all = {
        {"differ only in their return type|ambiguating new declaration",
         {"The return type of this function differs from its declaration in {}.hpp. Change it back; the tests need it "
          "as declared.",
          "这个函数的返回类型与 {}.hpp 中的声明不同。请改回去，测试依赖这个声明。"}},
        {"undefined symbol|undefined reference",
         {"This function is declared and called, but its body is in no file. Write it, or remove the call.",
          "这个函数有声明、也被调用，但没有函数体。请补上它，或者去掉调用。"}},
        {"MatrixExponentialReturnValue|MatrixSquareRootReturnValue|MatrixLogarithmReturnValue|"
         "MatrixFunctionReturnValue",
         {"On a Matrix this is the function of linear algebra (the matrix exponential, say). For every element by "
          "itself "
          "write x.array().exp().",
          "对 Matrix 来说，这是线性代数里的函数（例如矩阵指数）。要对每个元素分别计算，请写 x.array().exp()。"}},
        {"THE_BRACKET_OPERATOR_IS_ONLY_FOR_VECTORS",
         {"Square brackets are for vectors only. An element is x(i, j), a row is x.row(i).",
          "方括号只能用于向量。取一个元素写 x(i, j)，取一行写 x.row(i)。"}},
        {"YOU_TRIED_CALLING_A_VECTOR_METHOD_ON_A_MATRIX",
         {"A vector is wanted here, and a Matrix is not one by its type, even with a single row or column. Use a "
          "RowVector, or take x.row(0) or x.col(0).",
          "这里需要一个向量；Matrix 即使只有一行或一列，类型上也不是向量。请用 RowVector，或取 x.row(0)、x.col(0)。"}},
        {"YOU_MIXED_DIFFERENT_NUMERIC_TYPES",
         {"Numbers of different types do not mix in Eigen: convert with .cast<Scalar>(), or write Scalar(2) for 2.0.",
          "Eigen 中不同类型的数不能混用：请用 .cast<Scalar>() 转换，常数写成 Scalar(2)。"}},
        {"(invalid operands to binary expression|no match for .operator).*(ArrayWrapper|ArrayBase|Eigen::Array)",
         {"An array and a matrix do not mix in one operation: x.array() * w.array() works element by element, x * w is "
          "the "
          "matrix product.",
          "数组和矩阵不能出现在同一个运算里：逐元素相乘写 x.array() * w.array()，矩阵乘法写 x * w。"}},
        {"(invalid operands to binary expression|no match for .operator).*(qkv::Matrix|Eigen::)",
         {"Eigen has no such operation on matrices. A number is added to every element by x.array() + 1, a row to "
          "every row "
          "by x.rowwise() + b.",
          "Eigen 的矩阵没有这种运算。给每个元素加一个数写 x.array() + 1，给每一行加一个行向量写 x.rowwise() + b。"}},
        {"cannot assign to return value because function 'operator\\(\\)' returns a const value|assignment of "
         "read-only",
         {"A const Matrix& cannot be changed: copy it first, Matrix t = x;.",
          "const Matrix& 不能修改：先复制一份，Matrix t = x;。"}},
    };
    return all;
}

Text explain_error(const std::string& diagnostics, const std::string& exercise_id) {
    const std::string error = first_error(diagnostics);
    for (const Meaning& meaning : meanings()) {
        if (!std::regex_search(error, std::regex(meaning.pattern))) continue;
        const auto told = [&](const std::string& text) { return fmt::format(fmt::runtime(text), exercise_id); };
        return {told(meaning.text.en), told(meaning.text.zh)};
    }
    return {};
}

Text object_size_words(double megabytes) {
    return {fmt::format("error: the compiled file would be larger than {} MB", megabytes),
            fmt::format("error: 编译出的文件会超过 {} MB", megabytes)};
}

Text forbidden_words(const std::string& function, const std::string& exercise_id) {
    return {fmt::format("error: {} is not to be used in {}; write what it does yourself", function, exercise_id),
            fmt::format("error: {} 中不能使用 {}，请自己实现它的功能", exercise_id, function)};
}

Text compile_timeout_words(double seconds) {
    return {fmt::format("the compiler did not finish within {} s", seconds),
            fmt::format("编译器在 {} 秒内没有完成", seconds)};
}

}  // namespace qkv
