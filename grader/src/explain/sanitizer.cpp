#include "explain/sanitizer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

#include "explain/tables.hpp"

namespace qkv::grader {

namespace {

/// What a report begins with. True if this line does.
bool read_beginning(const std::string& line, SanitizerReport& report) {
    static const std::regex address("ERROR: AddressSanitizer: (?:attempting )?([^ ]+)");
    static const std::regex limit("AddressSanitizer: hard rss limit exhausted");
    static const std::regex library(R"(ERROR: libstdc\+\+: assertion-failed (.+))");
    static const std::regex undefined(R"(^([^:]+):(\d{1,9}):\d+: runtime error: (.+))");
    std::smatch match;
    if (std::regex_search(line, match, address)) {
        report.tool = SanitizerTool::address;
        report.kind = match[1];
    } else if (std::regex_search(line, match, limit)) {
        report.tool = SanitizerTool::address;
        report.kind = "out-of-memory";
    } else if (std::regex_search(line, match, library)) {
        report.tool = SanitizerTool::library;
        report.kind = match[1];
    } else if (std::regex_search(line, match, undefined)) {
        report.tool = SanitizerTool::undefined;
        report.file = match[1];
        report.line = std::atoi(match[2].str().c_str());
        report.kind = match[3];
    }
    return report.tool != SanitizerTool::none;
}

/// A frame of the worker itself; libraries have no lines of the learner's.
void read_frame(const std::string& line, std::vector<std::uint64_t>& stack) {
    constexpr std::size_t most_frames = 48;
    static const std::regex frame(R"(^ *#\d+ 0x[0-9a-f]+ .*\((.*)\+0x([0-9a-f]{1,16})\))");
    std::smatch match;
    if (!std::regex_search(line, match, frame) || stack.size() == most_frames) return;
    if (std::filesystem::path(match[1].str()).filename() != "worker") return;
    const std::string digits = match[2];
    std::from_chars(digits.data(), digits.data() + digits.size(), stack.emplace_back(), 16);
}

}  // namespace

SanitizerReport read_sanitizer_report(std::string_view text) {
    static const std::regex access("^((?:READ|WRITE) of size \\d+)");
    static const std::regex summary("SUMMARY: AddressSanitizer: ([^ ]+)");
    constexpr std::size_t longest_line = 500;
    SanitizerReport report;
    std::istringstream stream{std::string(text)};
    bool first_stack = true;  // others tell where memory came from and went
    for (std::string line; std::getline(stream, line);) {
        line = clean(line.substr(0, longest_line));
        std::smatch match;
        if (report.tool == SanitizerTool::none) {
            read_beginning(line, report);
        } else if (std::regex_search(line, match, access)) {
            report.access = match[1];
        } else if (report.tool == SanitizerTool::address && std::regex_search(line, match, summary)) {
            report.kind = match[1];
            break;
        } else {
            first_stack = first_stack && line.find(" is located ") == std::string::npos &&
                          line.find(" by thread ") == std::string::npos;
            if (first_stack) read_frame(line, report.stack);
        }
    }
    return report;
}

std::string sanitizer_message(const SanitizerReport& report, const SourceLine& place, const std::string& call,
                              Language language) {
    static const std::map<SanitizerTool, std::pair<Text, const char*>> tools = {
        {SanitizerTool::none, {}},
        {SanitizerTool::address, {{"AddressSanitizer: ", ""}, "sanitizer_address"}},
        {SanitizerTool::undefined, {{"UndefinedBehaviorSanitizer: ", ""}, "sanitizer_undefined"}},
        {SanitizerTool::library, {{"libstdc++ asserts ", "libstdc++ 断言不成立："}, "sanitizer_library"}}};
    const auto& [tool, table] = tools.at(report.tool);
    std::string message =
        say({"{} crashed: {}{}", "{} 崩溃了：{}{}"}, language, call, tool.in(language), report.kind.substr(0, 200));
    if (!report.access.empty()) message += " (" + report.access + ")";
    if (place.line > 0) {
        message += say({"\nat {}:{}", "\n在 {} 第 {} 行"}, language, place.file, place.line);
        if (!place.function.empty()) message += say({" in {}", "（{}）"}, language, place.function);
    }
    const Text* meaning = table == nullptr ? nullptr : meaning_of(table, report.kind);
    if (meaning != nullptr) message += "\n" + meaning->in(language);
    return clean(message, 2000);
}

}  // namespace qkv::grader
