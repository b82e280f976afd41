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

Text explain_error(const std::string& diagnostics, const std::string& exercise_id) {
    const std::string error = first_error(diagnostics);
    if (error.find("differ only in their return type") != std::string::npos ||
        error.find("ambiguating new declaration") != std::string::npos) {
        return {fmt::format("The return type of this function differs from its declaration in {}.hpp. Change it back; "
                            "the tests need it as declared.",
                            exercise_id),
                fmt::format("这个函数的返回类型与 {}.hpp 中的声明不同。请改回去，测试依赖这个声明。", exercise_id)};
    }
    if (error.find("undefined symbol") != std::string::npos || error.find("undefined reference") != std::string::npos) {
        return {"This function is declared and called, but its body is in no file. Write it, or remove the call.",
                "这个函数有声明、也被调用，但没有函数体。请补上它，或者去掉调用。"};
    }
    return {};
}

Text compile_timeout_words(double seconds) {
    return {fmt::format("the compiler did not finish within {} s", seconds),
            fmt::format("编译器在 {} 秒内没有完成", seconds)};
}

}  // namespace qkv
