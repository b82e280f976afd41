// Texts for a terminal, with or without colour, in one of the two languages.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/text.hpp"

namespace qkv::grader {

struct Paint {
    bool on;
    Language language;

    std::string operator()(const char* code, const std::string& text) const {
        return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
    }
    std::string good(const std::string& text) const { return (*this)("32", text); }
    std::string bad(const std::string& text) const { return (*this)("31", text); }
    std::string strong(const std::string& text) const { return (*this)("1", text); }
    std::string faint(const std::string& text) const { return (*this)("2", text); }
    std::string math(const std::string& text) const { return (*this)("3", text); }
    std::string code(const std::string& text) const { return (*this)("36", text); }
    template <class... Arguments>
    std::string say(const Text& sentence, const Arguments&... arguments) const {
        return grader::say(sentence, language, arguments...);
    }
};

}  // namespace qkv::grader
