#include "report/pages/formula.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace qkv::grader {

namespace {

const std::map<std::string, std::string, std::less<>>& symbols() {
    static const std::map<std::string, std::string, std::less<>> table = {
        {"alpha", "α"},     {"beta", "β"},       {"gamma", "γ"},     {"delta", "δ"},  {"epsilon", "ε"},
        {"eta", "η"},       {"theta", "θ"},      {"lambda", "λ"},    {"mu", "μ"},     {"xi", "ξ"},
        {"pi", "π"},        {"rho", "ρ"},        {"sigma", "σ"},     {"tau", "τ"},    {"phi", "φ"},
        {"omega", "ω"},     {"Delta", "Δ"},      {"Phi", "Φ"},       {"Omega", "Ω"},  {"partial", "∂"},
        {"nabla", "∇"},     {"infty", "∞"},      {"sum", "Σ"},       {"prod", "Π"},   {"cdot", "·"},
        {"times", "×"},     {"odot", "⊙"},       {"oplus", "⊕"},     {"pm", "±"},     {"to", "→"},
        {"leftarrow", "←"}, {"rightarrow", "→"}, {"mapsto", "↦"},    {"in", "∈"},     {"notin", "∉"},
        {"le", "≤"},        {"leq", "≤"},        {"ge", "≥"},        {"geq", "≥"},    {"ne", "≠"},
        {"neq", "≠"},       {"approx", "≈"},     {"equiv", "≡"},     {"propto", "∝"}, {"sim", "~"},
        {"ll", "≪"},        {"gg", "≫"},         {"mid", "|"},       {"lVert", "‖"},  {"rVert", "‖"},
        {"top", "ᵀ"},       {"dots", "…"},       {"ldots", "…"},     {"cdots", "⋯"},  {"lfloor", "⌊"},
        {"rfloor", "⌋"},    {"lceil", "⌈"},      {"rceil", "⌉"},     {"langle", "⟨"}, {"rangle", "⟩"},
        {"qquad", "\x01"},  {"quad", "  "},      {"thinspace", " "}, {"bmod", "mod"}, {"left", ""},
        {"right", ""},      {"big", ""},         {"Big", ""},        {"ell", "ℓ"},    {"forall", "∀"},
        {"exists", "∃"},    {"star", "*"},       {"exp", "exp"},     {"log", "log"},  {"ln", "ln"},
        {"sin", "sin"},     {"cos", "cos"},      {"tanh", "tanh"},   {"max", "max"},  {"min", "min"},
        {"arg", "arg"}};
    return table;
}

/// Letters and digits that Unicode has raised or lowered.
const std::map<std::string, std::string, std::less<>>& raised() {
    static const std::map<std::string, std::string, std::less<>> table = {
        {"0", "⁰"}, {"1", "¹"}, {"2", "²"}, {"3", "³"}, {"4", "⁴"}, {"5", "⁵"}, {"6", "⁶"}, {"7", "⁷"}, {"8", "⁸"},
        {"9", "⁹"}, {"+", "⁺"}, {"-", "⁻"}, {"(", "⁽"}, {")", "⁾"}, {"n", "ⁿ"}, {"i", "ⁱ"}, {"k", "ᵏ"}, {"l", "ˡ"},
        {"t", "ᵗ"}, {"c", "ᶜ"}, {"d", "ᵈ"}, {"e", "ᵉ"}, {"x", "ˣ"}, {"T", "ᵀ"}, {"ᵀ", "ᵀ"}};
    return table;
}

const std::map<std::string, std::string, std::less<>>& lowered() {
    static const std::map<std::string, std::string, std::less<>> table = {
        {"0", "₀"}, {"1", "₁"}, {"2", "₂"}, {"3", "₃"}, {"4", "₄"}, {"5", "₅"}, {"6", "₆"},
        {"7", "₇"}, {"8", "₈"}, {"9", "₉"}, {"+", "₊"}, {"-", "₋"}, {"(", "₍"}, {")", "₎"},
        {"i", "ᵢ"}, {"j", "ⱼ"}, {"k", "ₖ"}, {"m", "ₘ"}, {"n", "ₙ"}, {"p", "ₚ"}, {"r", "ᵣ"},
        {"s", "ₛ"}, {"t", "ₜ"}, {"u", "ᵤ"}, {"v", "ᵥ"}, {"x", "ₓ"}, {"h", "ₕ"}, {"l", "ₗ"}};
    return table;
}

/// All letters by this table; nothing if one is not in it.
std::optional<std::string> shifted(const std::string& text,
                                   const std::map<std::string, std::string, std::less<>>& table) {
    std::string result;
    for (const std::string& letter : letters_of(text)) {
        const auto found = table.find(letter);
        if (letter != " " && found == table.end()) return std::nullopt;
        if (letter != " ") result += found->second;
    }
    return result;
}

bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

/// One name or number, which needs no brackets.
bool is_single(const std::string& text) {
    const auto splits = [](const std::string& letter) {
        return std::string_view(" +-*/·×=|,").find(letter) != std::string_view::npos;
    };
    return std::ranges::none_of(letters_of(text), splits);
}

std::string in_brackets(const std::string& text) { return is_single(text) ? text : "(" + text + ")"; }

/// Between two formulas on one line.
constexpr char wide_space = '\x01';

/// Without spaces around it, and one where there were several.
std::string tidy(const std::string& text) {
    std::string result;
    for (const char byte : text) {
        if (byte == wide_space && result.ends_with(' ')) result.pop_back();
        if (byte != ' ' || (!result.empty() && result.back() != ' ' && result.back() != wide_space)) result += byte;
    }
    return result.erase(result.find_last_not_of(' ') + 1);
}

class Reader {
public:
    explicit Reader(std::string_view latex) : rest_(latex) {}

    /// Up to the bracket that closes, or the end.
    std::string read_all() {
        std::string text;
        while (!rest_.empty() && rest_.front() != '}') read_next(text);
        return text;
    }

private:
    /// A group in braces, a command or one letter.
    std::string read_argument() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
        std::string text;
        if (!rest_.empty()) read_next(text);
        return tidy(text);
    }

    void read_next(std::string& text) {
        const char first = rest_.front();
        if (first == '\\') {
            read_command(text);
        } else if (first == '{') {
            rest_.remove_prefix(1);
            text += read_all();
            if (!rest_.empty()) rest_.remove_prefix(1);
        } else if (first == '^' || first == '_') {
            rest_.remove_prefix(1);
            add_script(text, read_argument(), first == '^');
        } else {
            text += first;
            rest_.remove_prefix(1);
            // The other bytes of a letter.
            while (!rest_.empty() && (static_cast<unsigned char>(rest_.front()) & 0xC0U) == 0x80U) {
                text += rest_.front();
                rest_.remove_prefix(1);
            }
        }
    }

    static void add_script(std::string& text, const std::string& script, bool above) {
        if (const auto letters = shifted(script, above ? raised() : lowered()))
            text += *letters;
        else
            text += (above ? "^" : "_") + in_brackets(script);
    }

    void read_command(std::string& text) {
        rest_.remove_prefix(1);
        std::size_t length = 0;
        while (length < rest_.size() && is_letter(rest_[length])) ++length;
        if (rest_.starts_with('\\')) {  // the next row of a matrix
            rest_.remove_prefix(1);
            text = tidy(text) + ";";
            return;
        }
        if (length == 0) {  // "\ ", "\{", "\|"
            text += rest_.empty()                                            ? ""
                    : rest_.substr(0, 1) == "," || rest_.substr(0, 1) == ";" ? " "
                                                                             : std::string(rest_.substr(0, 1));
            rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
            return;
        }
        const std::string_view name = rest_.substr(0, length);
        rest_.remove_prefix(length);
        if (name == "frac") {
            const std::string above = read_argument(), below = read_argument();
            text += in_brackets(above) + " / " + in_brackets(below);
        } else if (name == "sqrt") {
            text += "√" + in_brackets(read_argument());
        } else if (name == "begin") {
            read_argument();
            text += "[";
            while (rest_.starts_with(' ')) rest_.remove_prefix(1);
        } else if (name == "end") {
            read_argument();
            text = tidy(text) + "]";
        } else if (name == "tilde" || name == "hat" || name == "bar") {
            text += read_argument() + (name == "tilde" ? "\u0303" : name == "hat" ? "\u0302" : "\u0304");
        } else if (name == "mathrm" || name == "text" || name == "mathbf" || name == "mathbb" || name == "mathcal" ||
                   name == "operatorname") {
            text += read_group();
        } else {
            const auto found = symbols().find(name);
            text += found == symbols().end() ? std::string(name) : found->second;
        }
    }

    /// A group with its spaces.
    std::string read_group() {
        std::string text;
        if (!rest_.empty()) read_next(text);
        return text;
    }

    std::string_view rest_;
};

}  // namespace

std::string in_unicode(std::string_view latex) {
    std::string text;
    for (const char byte : tidy(Reader(latex).read_all())) text += byte == wide_space ? "    " : std::string(1, byte);
    return text;
}

}  // namespace qkv::grader
