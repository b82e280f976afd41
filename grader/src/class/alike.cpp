#include "class/alike.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/process.hpp"
#include "class/book/table.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

constexpr int least_percent = 60;
constexpr std::size_t shortest = 200;        // bytes: what is left of less than that is alike by nature
constexpr std::size_t longest_rest = 32768;  // sim_c++ takes the square of what repeats: hours for a megabyte of "a;"
constexpr std::size_t most_pairs = 40;       // that anybody looks at
constexpr std::size_t most_files = 2000;

std::string without_spaces(const std::string& line) {
    std::string result;
    for (const char letter : line) {
        if (letter != ' ' && letter != '\t' && letter != '\r') result += letter;
    }
    return result;
}

/// A label and its file of one exercise.
struct Labelled {
    std::string label;
    std::string text;
};

/// The last attempts of everybody who wrote more than the stub.
std::vector<Labelled> files_of(const fs::path& work, const std::vector<std::string>& labels, const Exercise& exercise) {
    std::vector<Labelled> files;
    for (const std::string& label : labels) {
        fs::path last;
        for (int attempt = 1; fs::exists(work / label / std::to_string(attempt)); ++attempt)
            last = work / label / std::to_string(attempt) / (exercise.id + ".cpp");
        const std::string text = fs::is_regular_file(last) && !fs::is_symlink(last) ? read_file(last) : "";
        if (!text.empty() && files.size() < most_files) files.push_back({label, text});
    }
    return files;
}

/// The names of files that were written, and the labels of those that are too long to be compared.
struct Rests {
    std::vector<std::string> names, too_long;
};

/// Writes what is left of the files into a folder, of those that are long enough, and not too long.
Rests write_rests(const std::vector<Labelled>& files, const std::vector<std::string>& left_out,
                  const fs::path& folder) {
    Rests rests;
    for (const Labelled& file : files) {
        const std::string rest = without_lines_of(file.text, left_out);
        if (rest.size() > longest_rest) rests.too_long.push_back(file.label);
        if (rest.size() < shortest || rest.size() > longest_rest) continue;
        rests.names.push_back(file.label + ".cpp");
        write_file(folder / rests.names.back(), rest);
    }
    return rests;
}

/// Compares the new files with each other and with the old ones; or, with `only_old`, with those alone.
Likeness compare(const Toolchain& toolchain, const fs::path& folder, const std::vector<std::string>& fresh,
                 const std::vector<std::string>& old, bool only_old, const std::string& exercise) {
    if (fresh.empty() || fresh.size() + old.size() < 2) return {};
    const std::string program = find_program("sim_c++");
    if (program.empty())
        return {{},
                {"files were not compared: sim_c++ (similarity-tester) is not there",
                 "没有查雷同：找不到 sim_c++（similarity-tester）"}};
    Command command;
    std::vector<std::string> words = {program, only_old ? "-peTS" : "-peT", "-t", std::to_string(least_percent), "-r",
                                      "16"};
    words.insert(words.end(), fresh.begin(), fresh.end());
    if (!old.empty()) words.emplace_back("/");
    words.insert(words.end(), old.begin(), old.end());
    command.arguments = enclosed(toolchain.walls, {{}, folder, true}, words);
    command.folder = folder.string();
    command.seconds = 120 * busyness();
    command.memory = std::uint64_t{4} << 30;
    command.longest_output = std::size_t{16} << 20;
    const Ended ended = run(command);
    if (ended.exit_code != 0 || ended.signal != 0 || ended.timed_out || ended.output.size() >= command.longest_output)
        return {{},
                said({"files of {} were not compared: sim_c++ did not come to an end",
                      "{} 的文件没有查雷同：sim_c++ 没有运行完"},
                     exercise)};
    return {read_percentages(ended.output, exercise), {}};
}

/// Stages last year's folder; who its labels are stands beside the gradebook.
std::vector<std::string> stage_last_year(const ClassRun& run, const fs::path& folder, const fs::path& work) {
    std::vector<std::string> labels;
    if (folder.empty()) return labels;
    std::vector<Cells> table = {{"label", "id", "name"}};
    for (const Student& student : find_students(folder, "", run.course)) {
        labels.push_back(fmt::format("L{:03}", labels.size() + 1));
        stage(run.kit.toolchain, student.pieces, run.course.exercises, run.course.known, false, work / labels.back());
        table.push_back({labels.back(), student.id, student.name});
    }
    write_file(run.out / "gradebook-last-year.csv", to_csv(table, run.language));
    return labels;
}

}  // namespace

std::string without_lines_of(const std::string& text, const std::vector<std::string>& others) {
    std::set<std::string> known;
    for (const std::string& other : others) {
        std::istringstream lines(other);
        for (std::string line; std::getline(lines, line);) known.insert(without_spaces(line));
    }
    std::istringstream lines(text);
    std::string rest;
    for (std::string line; std::getline(lines, line);) {
        const std::string bare = without_spaces(line);
        // A brace alone belongs to whatever it closes.
        if (bare.empty() || (bare.size() > 2 && known.contains(bare))) continue;
        rest += line + "\n";
    }
    return rest;
}

std::vector<Alike> read_percentages(const std::string& output, const std::string& exercise) {
    std::vector<Alike> pairs;
    std::istringstream lines(output);
    const auto label_of = [](std::string name) {
        if (name.ends_with(".cpp")) name.resize(name.size() - 4);
        return name == "reference" ? std::string(the_reference) : name;
    };
    for (std::string line; std::getline(lines, line);) {
        const std::size_t middle = line.find(" consists for "), percent = line.find(" % of "),
                          end = line.find(" material");
        if (middle == std::string::npos || percent == std::string::npos || end == std::string::npos || percent < middle)
            continue;
        int value = 0;
        const std::string number = line.substr(middle + 14, percent - middle - 14);
        std::from_chars(number.data(), number.data() + number.size(), value);
        pairs.push_back(
            {exercise, label_of(line.substr(0, middle)), label_of(line.substr(percent + 6, end - percent - 6)), value});
    }
    return pairs;
}

static Likeness look_for_alike(const ClassRun& run, const std::vector<Row>& rows, const fs::path& last_year) {
    const fs::path work = run.out / "work";
    std::vector<std::string> labels;
    for (const Row& row : rows) {
        if (!row.student.pieces.empty()) labels.push_back(row.label);
    }
    const auto older = stage_last_year(run, last_year, work);
    Likeness all;
    const auto add = [&](const Likeness& some) {
        all.pairs.insert(all.pairs.end(), some.pairs.begin(), some.pairs.end());
        if (!some.not_compared.en.empty()) all.not_compared = some.not_compared;
    };
    for (const Exercise& exercise : run.course.exercises) {
        const auto files = files_of(work, labels, exercise), old = files_of(work, older, exercise);
        const std::string stub = read_file(exercise.folder / "stub.cpp"), reference = read_file(exercise.reference());
        const fs::path among = work / "alike" / exercise.id, against = work / "like-reference" / exercise.id;
        fs::create_directories(among);
        fs::create_directories(against);
        const Rests rests = write_rests(files, {stub, reference}, among);
        add(compare(run.kit.toolchain, among, rests.names, write_rests(old, {stub, reference}, among).names, false,
                    exercise.id));
        const auto fresh = write_rests(files, {stub}, against).names;
        const auto known = write_rests({{"reference", reference}}, {stub}, against).names;
        if (!known.empty()) add(compare(run.kit.toolchain, against, fresh, known, true, exercise.id));
        for (const std::string& label : rests.too_long) all.pairs.push_back({exercise.id, label, "", 0});
    }
    // Each pair once, with the larger share; first what could not be compared.
    std::ranges::stable_sort(all.pairs, std::ranges::greater{},
                             [](const Alike& pair) { return pair.other.empty() ? 101 : pair.percent; });
    std::set<std::string> known;
    std::erase_if(all.pairs, [&](const Alike& pair) {
        const auto [first, second] = std::minmax(pair.one, pair.other);
        return (pair.percent < least_percent && !pair.other.empty()) ||
               !known.insert(pair.exercise + " " + first + " " + second).second;
    });
    if (all.pairs.size() > most_pairs) all.pairs.resize(most_pairs);
    return all;
}

/// What was found for the same files before; a class that has not changed is not compared again.
static std::optional<std::vector<Alike>> read_kept_pairs(const fs::path& file, const std::string& key) try {
    const auto json = nlohmann::json::parse(read_file(file));
    if (json.at("key") != key) return std::nullopt;
    std::vector<Alike> pairs;
    for (const auto& pair : json.at("pairs")) pairs.push_back({pair.at(0), pair.at(1), pair.at(2), pair.at(3)});
    return pairs;
} catch (const nlohmann::json::exception&) {
    return std::nullopt;
}

static void keep_pairs(const fs::path& file, const std::string& key, const std::vector<Alike>& pairs) {
    nlohmann::json list = nlohmann::json::array();
    for (const Alike& pair : pairs) list.push_back({pair.exercise, pair.one, pair.other, pair.percent});
    write_file(file, nlohmann::json{{"key", key}, {"pairs", list}}.dump() + "\n");
}

Likeness find_alike(const ClassRun& run, const std::vector<Row>& rows, const fs::path& last_year) {
    // An older folder may have changed unseen.
    std::string key;
    for (const Row& row : rows) key += row.label + (row.keys.empty() ? "" : row.keys.back());
    const fs::path file = run.out / "results" / "alike.json";
    if (last_year.empty()) {
        if (auto kept = read_kept_pairs(file, key)) return {*kept, {}};
    }
    Likeness likeness = look_for_alike(run, rows, last_year);
    if (last_year.empty() && likeness.not_compared.en.empty()) keep_pairs(file, key, likeness.pairs);
    return likeness;
}

}  // namespace qkv::grader
