#include "explain/sanitizer_report.hpp"

#include <charconv>
#include <filesystem>
#include <regex>
#include <sstream>

#include "base/text.hpp"

namespace qkv::grader {

namespace {

using Tool = SanitizerReport::Tool;

constexpr std::size_t longest_line = 500, most_frames = 48;

std::int64_t to_number(const std::string& digits, int base = 10) {
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    return number;
}

std::string side(const std::string& words) {
    if (words.starts_with("inside") || words.starts_with("is inside")) return "inside";
    return words == "to the left of" || words == "before" || words == "underflows" ? "before" : "after";
}

/// What a report begins with. True if this line does.
bool read_beginning(const std::string& line, SanitizerReport& report) {
    static const std::regex address("ERROR: AddressSanitizer: (attempting )?([^ ]+)");
    static const std::regex limit("AddressSanitizer: hard rss limit exhausted");
    static const std::regex library(R"(ERROR: libstdc\+\+: assertion-failed (.+))");
    static const std::regex undefined(R"(^([^:]+):(\d+):\d+: runtime error: (.+))");
    std::smatch match;
    if (std::regex_search(line, match, address)) {
        report.tool = Tool::address;
        report.kind = match[2];
    } else if (std::regex_search(line, match, limit)) {
        report.tool = Tool::address;
        report.kind = "out-of-memory";
    } else if (std::regex_search(line, match, library)) {
        report.tool = Tool::library;
        report.kind = match[1];
    } else if (std::regex_search(line, match, undefined)) {
        report.tool = Tool::undefined;
        report.file = match[1];
        report.line = static_cast<int>(to_number(match[2]));
        report.kind = match[3];
    }
    return report.tool != Tool::none;
}

/// What was read or written, and where that lies.
void read_facts(const std::string& line, SanitizerReport& report) {
    static const std::regex access("^(READ|WRITE) of size (\\d+)");
    static const std::regex signal("caused by a (READ|WRITE) memory access");
    static const std::regex region(
        "is located (\\d+) bytes (to the right of|to the left of|inside of|after|before) "
        "(\\d+)-byte region");
    static const std::regex global(
        "is located (\\d+) bytes (to the right of|to the left of|inside of|after|before) "
        "global variable '([^']*)'.* of size (\\d+)");
    static const std::regex local(
        "'([^']*)'( \\(line (\\d+)\\))? <== Memory access at offset \\d+ "
        "(is inside|overflows|underflows|partially overflows|partially underflows)");
    static const std::regex summary("SUMMARY: AddressSanitizer: ([^ ]+)");
    std::smatch match;
    if (std::regex_search(line, match, access)) {
        report.access = match[1];
        report.bytes = to_number(match[2]);
    } else if (std::regex_search(line, match, signal)) {
        report.access = match[1];
    } else if (std::regex_search(line, match, region)) {
        report.distance = to_number(match[1]);
        report.where = side(match[2]);
        report.block_bytes = to_number(match[3]);
    } else if (std::regex_search(line, match, global)) {
        report.distance = to_number(match[1]);
        report.where = side(match[2]);
        report.variable = match[3];
        report.block_bytes = to_number(match[4]);
    } else if (std::regex_search(line, match, local)) {
        report.variable = match[1];
        report.variable_line = static_cast<int>(to_number(match[3]));
        report.where = side(match[4]);
    } else if (report.tool == Tool::address && std::regex_search(line, match, summary)) {
        report.kind = match[1];
    }
}

/// A frame of the worker itself; libraries have no lines of the learner's.
void read_frame(const std::string& line, std::vector<std::uint64_t>& stack) {
    static const std::regex frame(R"(^ *#\d+ 0x[0-9a-f]+ .*\((.*)\+0x([0-9a-f]+)\))");
    std::smatch match;
    if (!std::regex_search(line, match, frame) || stack.size() == most_frames) return;
    if (std::filesystem::path(match[1].str()).filename() == "worker")
        stack.push_back(static_cast<std::uint64_t>(to_number(match[2], 16)));
}

}  // namespace

SanitizerReport read_sanitizer_report(std::string_view text) {
    SanitizerReport report;
    std::istringstream stream{std::string(text)};
    std::vector<std::uint64_t> elsewhere;  // the frame that a local variable belongs to
    auto* stack = &report.at;
    for (std::string line; std::getline(stream, line);) {
        line = clean(line.substr(0, longest_line));
        if (report.tool == Tool::none) {
            read_beginning(line, report);
            continue;
        }
        if (line.starts_with("freed by")) stack = &report.freed;
        if (line.find("allocated by thread") != std::string::npos) stack = &report.allocated;
        if (line.find("is located in stack of thread") != std::string::npos) stack = &elsewhere;
        read_frame(line, *stack);
        read_facts(line, report);
        if (line.starts_with("SUMMARY:")) break;
    }
    return report;
}

}  // namespace qkv::grader
