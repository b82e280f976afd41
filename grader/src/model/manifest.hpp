// Reads tables of a TOML file key by key and collects everything that is wrong with it, with lines.
// Included only by sources: toml++ is slow to compile.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "model/catalog.hpp"

namespace qkv::grader {

/// What is wrong with one file, a line each.
class Faults {
public:
    explicit Faults(std::string path) : path_(std::move(path)) {}

    void add(int line, const std::string& sentence) { add(line, Text{sentence, ""}); }
    void add(int line, const Text& sentence);
    const std::vector<std::string>& lines() const { return lines_; }
    /// All lines in both languages.
    const Text& words() const { return words_; }

private:
    std::string path_;
    std::vector<std::string> lines_;
    Text words_;
};

inline int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

/// One table, whose every key must be asked for. Bad values become faults, and a default.
class Table {
public:
    Table(const toml::table& table, std::string where, Faults& faults)
        : table_(table), where_(std::move(where)), faults_(faults) {}

    int line() const { return line_of(table_); }
    /// The line of a key's value; that of the table if it is not there.
    int line(const std::string& key) const {
        const toml::node* node = table_.get(key);
        return node == nullptr ? line() : line_of(*node);
    }

    std::string text(const std::string& key, bool required = true) {
        const toml::node* node = find(key, required);
        if (node == nullptr) return {};
        if (const auto* value = node->as_string(); value != nullptr && (!required || !value->get().empty()))
            return value->get();
        fault(*node, key, {"must be a text", "要写一段文字"});
        return {};
    }
    double number(const std::string& key, double otherwise, double least, double most) {
        const toml::node* node = find(key, false);
        if (node == nullptr) return otherwise;
        const auto value = node->is_number() ? node->value<double>() : std::nullopt;
        if (value && *value >= least && *value <= most) return *value;
        fault(*node, key, said({"must be a number from {} to {}", "要写 {} 到 {} 的数"}, least, most));
        return otherwise;
    }
    int whole(const std::string& key, int least, int most) {
        const toml::node* node = find(key, true);
        if (node == nullptr) return least;
        const auto* value = node->as_integer();
        if (value != nullptr && value->get() >= least && value->get() <= most) return static_cast<int>(value->get());
        fault(*node, key, said({"must be a whole number from {} to {}", "要写 {} 到 {} 的整数"}, least, most));
        return least;
    }
    /// { en = "...", zh = "..." }
    Text translated(const std::string& key, bool required = true) {
        const toml::node* node = find(key, required);
        return node == nullptr ? Text{} : translation(*node, key);
    }
    /// The same, or one text that is the same in every language.
    Text words(const std::string& key) {
        const toml::node* node = find(key, true);
        if (node == nullptr) return {};
        if (const auto* text = node->as_string(); text != nullptr && !text->get().empty())
            return {text->get(), text->get()};
        if (node->is_table()) return translation(*node, key);
        fault(*node, key,
              {"must be a text, or { en = \"...\", zh = \"...\" }", "要写一段文字，或 { en = \"...\", zh = \"...\" }"});
        return {};
    }
    std::vector<Text> translations(const std::string& key) {
        std::vector<Text> texts;
        for (const toml::node* node : elements(key)) texts.push_back(translation(*node, key));
        return texts;
    }
    std::vector<std::string> texts(const std::string& key) {
        std::vector<std::string> result;
        for (const toml::node* node : elements(key)) {
            if (const auto* value = node->as_string())
                result.push_back(value->get());
            else
                fault(*node, key, {"must hold texts", "里面要写文字"});
        }
        return result;
    }
    std::vector<Table> tables(const std::string& key) {
        std::vector<Table> result;
        for (const toml::node* node : elements(key)) {
            if (const auto* table = node->as_table())
                result.emplace_back(*table, "[[" + key + "]]", faults_);
            else
                fault(*node, key, said({"must be written [[{}]]", "要写成 [[{}]]"}, key));
        }
        return result;
    }
    /// An optional [table]; null if it is not there.
    const toml::table* table(const std::string& key) {
        const toml::node* node = find(key, false);
        if (node == nullptr) return nullptr;
        if (!node->is_table()) fault(*node, key, {"must be a table", "要写成一个表"});
        return node->as_table();
    }
    /// The value itself, for what is none of these; null if it is not there.
    const toml::node* node(const std::string& key) { return find(key, false); }
    void refuse_unknown_keys() const;

private:
    std::string in() const { return where_.empty() ? "" : " in " + where_; }
    Text named(const std::string& key) const {
        return said({"\"{0}\"{1}", "{2}“{0}”"}, key, in(), where_.empty() ? "" : where_ + " 里的");
    }
    void fault(const toml::node& node, const std::string& key, const Text& what) {
        faults_.add(line_of(node), said({"{} {}", "{}{}"}, named(key), what));
    }
    const toml::node* find(const std::string& key, bool required) {
        asked_.insert(key);
        const toml::node* node = table_.get(key);
        if (node == nullptr && required) faults_.add(line(), said({"{} is missing", "缺少{}"}, named(key)));
        return node;
    }
    std::vector<const toml::node*> elements(const std::string& key) {
        std::vector<const toml::node*> result;
        const toml::node* node = find(key, false);
        if (node == nullptr) return result;
        if (const auto* array = node->as_array()) {
            for (const auto& element : *array) result.push_back(&element);
        } else {
            fault(*node, key, {"must be a list", "要写成一个列表"});
        }
        return result;
    }
    Text translation(const toml::node& node, const std::string& key) {
        if (const auto* table = node.as_table()) {
            Table inner(*table, "\"" + key + "\"", faults_);
            Text text{inner.text("en"), inner.text("zh", false)};
            inner.refuse_unknown_keys();
            return text;
        }
        fault(node, key, {"must be { en = \"...\", zh = \"...\" }", "要写成 { en = \"...\", zh = \"...\" }"});
        return {};
    }

    const toml::table& table_;
    std::string where_;
    Faults& faults_;
    std::set<std::string> asked_;
};

/// Parses a file, or notes why not.
inline toml::table parse_toml(const std::filesystem::path& path, Faults& faults) try {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        faults.add(1, "this file cannot be read");
        return {};
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return toml::parse(text.str());
} catch (const toml::parse_error& error) {
    faults.add(static_cast<int>(error.source().begin.line), std::string(error.description()));
    return {};
}

/// The table [limits] of a manifest or a course; what it does not name stays as it is in `limits`.
Limits read_limits(Table& file, Faults& faults, Limits limits);

/// True for snake_case.
inline bool is_id(const std::string& text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    return !text.empty() && letters.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

/// Stops the program with these faults.
[[noreturn]] void stop(const std::vector<std::string>& faults);

}  // namespace qkv::grader
