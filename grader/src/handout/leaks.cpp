#include "handout/leaks.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "base/files.hpp"
#include "base/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_idiom = 30;  ///< of a line that anybody may write
constexpr std::size_t shortest_body = 60;  ///< of a function that tells something, without spaces

std::vector<std::string> lines_in(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; });
    return text;
}

bool tells(const std::string& line) {
    if (line.size() <= longest_idiom || line.find_first_of("(=") == std::string::npos) return false;
    for (const char* idiom : {"//", "#include", "for (", "namespace ", "using "}) {
        if (line.starts_with(idiom)) return false;
    }
    return true;
}

/// Bodies of the functions of a file that is laid out as ours are: from a head that ends in { to a line that is }.
std::vector<std::string> bodies_in(const std::string& text) {
    std::vector<std::string> bodies;
    std::string body;
    bool inside = false;
    for (const std::string& line : lines_in(text)) {
        if (inside && line.starts_with('}')) bodies.push_back(without_blanks(body));
        if (!line.empty() && line[0] != ' ') {
            inside = line.ends_with(") {");
            body.clear();
        } else if (inside) {
            body += line;
        } else if (line.ends_with(") {")) {  // the head goes on from the line before
            inside = line.starts_with("     ");
            body.clear();
        }
    }
    std::erase_if(bodies, [](const std::string& one) { return one.size() < shortest_body; });
    return bodies;
}

/// Finds many texts at once: by their first bytes, then whole.
class Search {
public:
    void add(const std::string& text, const std::string& from) {
        if (known_.insert(text).second) by_beginning_[text.substr(0, beginning)].push_back({text, from});
    }

    struct Found {
        std::size_t at;
        const std::string *text, *from;
    };
    std::vector<Found> in(const std::string& haystack) const {
        std::vector<Found> found;
        for (std::size_t at = 0; at + beginning <= haystack.size(); ++at) {
            const auto candidates = by_beginning_.find(haystack.substr(at, beginning));
            if (candidates == by_beginning_.end()) continue;
            for (const Secret& secret : candidates->second) {
                if (haystack.compare(at, secret.text.size(), secret.text) == 0)
                    found.push_back({at, &secret.text, &secret.from});
            }
        }
        return found;
    }

private:
    static constexpr std::size_t beginning = 15;  // a string as long as that needs no memory of its own
    struct Secret {
        std::string text, from;
    };
    std::set<std::string> known_;
    std::unordered_map<std::string, std::vector<Secret>> by_beginning_;
};

/// What learners are meant to see: stubs, interfaces, statements.
std::string shown(const std::vector<HandedOut>& files) {
    std::string text;
    for (const HandedOut& file : files) {
        const fs::path path = file.path;
        const bool of_exercise = file.path.starts_with("exercises/");
        if (of_exercise && (path.filename() == "stub.cpp" || path.extension() == ".hpp" || path.extension() == ".md"))
            text += file.text + "\n";
    }
    return text;
}

int line_of(const std::string& text, std::size_t at) {
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

std::vector<Leak> leaks(const fs::path& kit, const std::vector<HandedOut>& files) {
    if (!fs::is_directory(kit / "solutions")) return {};
    Search lines, bodies;
    for (const auto& entry : fs::recursive_directory_iterator(kit / "solutions")) {
        if (entry.path().extension() != ".cpp" || !entry.is_regular_file()) continue;
        const std::string text = read_file(entry.path()), from = entry.path().lexically_relative(kit).string();
        for (const std::string& line : lines_in(text)) {
            const std::string content = stripped(line);
            if (tells(content)) lines.add(content, from);
        }
        for (const std::string& body : bodies_in(text)) bodies.add(body, from);
    }
    std::set<std::string> known;
    const std::string legitimate = shown(files);
    for (const auto& found : lines.in(legitimate)) known.insert(*found.text);
    std::vector<Leak> all;
    for (const HandedOut& file : files) {
        if (file.text.find('\0') != std::string::npos) continue;  // numbers
        for (const auto& found : lines.in(file.text)) {
            if (!known.contains(*found.text))
                all.push_back({file.path, line_of(file.text, found.at), *found.from, *found.text});
        }
        for (const auto& found : bodies.in(without_blanks(file.text)))
            all.push_back({file.path, 1, *found.from, *found.text});
    }
    return all;
}

}  // namespace qkv::grader
