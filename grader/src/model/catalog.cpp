#include "model/catalog.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/manifest.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

int Exercise::max_score() const {
    int sum = 0;
    for (const Part& part : parts) sum += part.points;
    return sum;
}

const Part* Exercise::find_part(const std::string& part_id) const {
    const auto found = std::ranges::find(parts, part_id, &Part::id);
    return found == parts.end() ? nullptr : &*found;
}

namespace {

/// In their order.
constexpr const char* tracks[] = {"basic", "advanced", "challenge", "extension", "practice"};

/// An exercise's id is a namespace and part of build targets: words of C++ and of the kit are taken.
bool is_taken(const std::string& id) {
    static const std::set<std::string> words = {
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "char8_t", "char16_t", "char32_t", "class", "compl", "concept", "const", "consteval", "constexpr",
        "constinit", "const_cast", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete",
        "do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for",
        "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq",
        "nullptr", "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
        "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch",
        "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "union",
        "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
        // of the libraries and of the kit
        "basic", "advanced", "challenge", "extension", "practice", "std", "main", "unix", "linux", "fmt", "qkv",
        "learner", "unit", "end_to_end", "all", "references"};
    return words.contains(id);
}

Part read_part(Table& entry, Faults& faults) {
    Part part;
    part.line = entry.line();
    part.id = entry.text("id");
    part.title = entry.translated("title");
    part.points = entry.whole("points", 1, 1000);
    part.after = entry.texts("after");
    part.functions = entry.texts("functions");
    part.hints = entry.translations("hints");
    entry.refuse_unknown_keys();
    if (!part.id.empty() && !is_id(part.id)) {
        faults.add(part.line, fmt::format("part id \"{}\" must be snake_case", clean(part.id, 80)));
    }
    return part;
}

/// `after` must name parts of this exercise and never lead back to where it began.
void check_parts(const Exercise& exercise, Faults& faults) {
    std::set<std::string> earlier;
    for (const Part& part : exercise.parts) {
        for (const std::string& other : part.after) {
            if (exercise.find_part(other) == nullptr) {
                faults.add(part.line, fmt::format("part \"{}\" comes after \"{}\", which is no part of {}", part.id,
                                                  clean(other, 80), exercise.id));
            } else if (!earlier.contains(other)) {
                faults.add(
                    part.line,
                    fmt::format("part \"{}\" comes after \"{}\", which must stand above it (or they form a cycle)",
                                part.id, other));
            }
        }
        if (!earlier.insert(part.id).second)
            faults.add(part.line, fmt::format("two parts have the id \"{}\"", part.id));
    }
    if (exercise.parts.empty()) faults.add(1, "the exercise has no [[part]]");
}

Exercise read_exercise(const fs::path& root, const fs::path& folder, Faults& faults) {
    Exercise exercise;
    exercise.folder = folder;
    exercise.solution = root / "solutions" / folder.filename();
    const toml::table document = parse_toml(exercise.manifest(), faults);
    if (!faults.lines().empty()) return exercise;
    Table manifest(document, "", faults);
    exercise.id = manifest.text("id");
    exercise.title = manifest.translated("title");
    exercise.track = manifest.text("track");
    exercise.stars = manifest.whole("stars", 1, 5);
    exercise.hours = manifest.number("hours", 0, 0, 1000);
    exercise.needs = manifest.texts("needs");
    exercise.forbids = manifest.texts("forbids");
    exercise.source = manifest.text("source", false);
    exercise.built = manifest.translated("built", false);
    exercise.limits = read_limits(manifest, faults, {});
    for (Table& entry : manifest.tables("part")) exercise.parts.push_back(read_part(entry, faults));
    manifest.refuse_unknown_keys();
    if (!exercise.id.empty() && exercise.id != folder.filename()) {
        faults.add(manifest.line("id"), fmt::format("id \"{}\" must equal the name of its folder, \"{}\"",
                                                    clean(exercise.id, 80), folder.filename().string()));
    } else if (!exercise.id.empty() && !is_id(exercise.id)) {
        faults.add(manifest.line("id"), fmt::format("id \"{}\" must be snake_case", clean(exercise.id, 80)));
    } else if (is_taken(exercise.id)) {
        faults.add(manifest.line("id"),
                   fmt::format("id \"{}\" is a word of C++ or of the kit; choose another", exercise.id));
    }
    if (!exercise.track.empty() && !is_track(exercise.track))
        faults.add(manifest.line("track"), fmt::format("\"track\" must be one of {}", fmt::join(tracks, ", ")));
    check_parts(exercise, faults);
    return exercise;
}

int line_of_needs(const Exercise& exercise) {
    std::ifstream stream(exercise.manifest());
    int number = 1;
    for (std::string line; std::getline(stream, line); ++number) {
        if (line.starts_with("needs")) return number;
    }
    return 1;
}

/// True if `id` is met on the way along the needs of `from`.
bool reaches(const std::string& id, const Exercise& from, const std::vector<Exercise>& all,
             std::set<std::string> seen = {}) {
    for (const std::string& need : from.needs) {
        if (need == id) return true;
        const auto next = std::ranges::find(all, need, &Exercise::id);
        if (next != all.end() && seen.insert(need).second && reaches(id, *next, all, seen)) return true;
    }
    return false;
}

/// Puts needed exercises first. What cannot be placed is part of a cycle.
std::vector<Exercise> in_order_of_needs(std::vector<Exercise> rest, std::vector<std::string>& all_faults) {
    std::vector<Exercise> ordered;
    std::set<std::string> known, placed;
    for (const Exercise& exercise : rest) known.insert(exercise.id);
    for (const Exercise& exercise : rest) {
        Faults faults(exercise.manifest().string());
        for (const std::string& need : exercise.needs) {
            if (!known.contains(need)) {
                faults.add(line_of_needs(exercise), fmt::format("needs \"{}\", which is no exercise", clean(need, 80)));
            }
        }
        all_faults.insert(all_faults.end(), faults.lines().begin(), faults.lines().end());
    }
    if (!all_faults.empty()) return rest;
    const auto ready = [&](const Exercise& exercise) {
        return std::ranges::all_of(exercise.needs, [&](const std::string& need) { return placed.contains(need); });
    };
    while (!rest.empty()) {
        const auto next = std::ranges::find_if(rest, ready);
        if (next == rest.end()) {
            for (const Exercise& exercise : rest) {
                if (!reaches(exercise.id, exercise, rest)) continue;  // it only waits for the cycle
                all_faults.push_back(fmt::format("{}:{}: needs form a cycle through \"{}\"",
                                                 exercise.manifest().string(), line_of_needs(exercise), exercise.id));
            }
            return rest;
        }
        placed.insert(next->id);
        ordered.push_back(std::move(*next));
        rest.erase(next);
    }
    return ordered;
}

}  // namespace

void Faults::add(int line, const Text& sentence) {
    lines_.push_back(fmt::format("{}:{}: {}", path_, line, sentence.en));
    words_.zh += fmt::format("{}{}:{}: {}", words_.zh.empty() ? "" : "\n", path_, line, sentence.in(Language::zh));
    words_.en += (words_.en.empty() ? "" : "\n") + lines_.back();
}

Limits read_limits(Table& file, Faults& faults, Limits limits) {
    const toml::table* table = file.table("limits");
    if (table == nullptr) return limits;
    Table entry(*table, "[limits]", faults);
    for (const auto& [key, value, most] : {std::tuple{"call_seconds", &limits.call_seconds, 600.0},
                                           {"exercise_seconds", &limits.exercise_seconds, 3600.0},
                                           {"cpu_seconds", &limits.cpu_seconds, 3600.0},
                                           {"compile_seconds", &limits.compile_seconds, 3600.0},
                                           {"compile_megabytes", &limits.compile_megabytes, 65536.0},
                                           {"object_megabytes", &limits.object_megabytes, 65536.0},
                                           {"memory_megabytes", &limits.memory_megabytes, 65536.0},
                                           {"output_kilobytes", &limits.output_kilobytes, 65536.0},
                                           {"source_kilobytes", &limits.source_kilobytes, 65536.0}}) {
        *value = entry.number(key, *value, 0.01, most);
    }
    entry.refuse_unknown_keys();
    return limits;
}

std::vector<Exercise> load_catalog(const fs::path& root) {
    std::vector<Exercise> exercises;
    std::vector<std::string> all_faults;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "exercises", error)) {
        if (!fs::exists(entry.path() / "exercise.toml")) continue;
        Faults faults((entry.path() / "exercise.toml").string());
        exercises.push_back(read_exercise(root, entry.path(), faults));
        all_faults.insert(all_faults.end(), faults.lines().begin(), faults.lines().end());
    }
    if (!all_faults.empty()) {
        std::ranges::sort(all_faults);
        stop(all_faults);
    }
    std::ranges::sort(exercises, {}, [](const Exercise& exercise) {
        return std::tuple(std::ranges::find(tracks, exercise.track), exercise.stars, exercise.id);
    });
    exercises = in_order_of_needs(std::move(exercises), all_faults);
    if (!all_faults.empty()) stop(all_faults);
    return exercises;
}

bool is_track(const std::string& name) { return std::ranges::find(tracks, name) != std::end(tracks); }

Tally tally_of(const Exercise& exercise) {
    return exercise.track == "practice"    ? Tally::practice
           : exercise.track == "extension" ? Tally::extension
                                           : Tally::course;
}

std::vector<Exercise> of_course(const std::vector<Exercise>& catalog) {
    std::vector<Exercise> course = catalog;
    std::erase_if(course, [](const Exercise& exercise) { return tally_of(exercise) != Tally::course; });
    return course.empty() ? catalog : course;
}

Text guess_words(const std::string& word, const std::vector<std::string>& known, const std::string& there_are) {
    const std::string name = nearest_name(word, known);
    if (!name.empty()) return {"; did you mean " + name + "?", "；你要的是不是 " + name + "？"};
    return {fmt::format("; {}: {}", there_are, fmt::join(known, ", ")),
            fmt::format("。现有：{}", fmt::join(known, "、"))};
}

static Failure no_such_exercise(const std::vector<Exercise>& catalog, const std::string& id) {
    std::vector<std::string> known;
    for (const Exercise& exercise : catalog) known.push_back(exercise.id);
    const Text guess = guess_words(id, known, "there are");
    return {wrong_usage, Text{fmt::format("there is no exercise \"{}\"{}", clean(id, 80), guess.en),
                              fmt::format("没有叫 {} 的练习{}", clean(id, 80), guess.zh)}};
}

std::vector<Exercise> choose(const std::vector<Exercise>& catalog, const std::vector<std::string>& ids) {
    if (catalog.empty())
        throw Failure(kit_fault, Text{"exercises/: no exercise found here", "exercises/：这里没有练习"});
    const auto has = [&](auto member, const std::string& word) {
        return std::ranges::find(catalog, word, member) != catalog.end();
    };
    for (const std::string& id : ids) {
        if (!has(&Exercise::id, id) && !has(&Exercise::track, id)) throw no_such_exercise(catalog, id);
    }
    std::vector<Exercise> chosen;
    for (const Exercise& exercise : catalog) {
        const auto names = [&](const std::string& word) { return word == exercise.id || word == exercise.track; };
        if (ids.empty() || std::ranges::any_of(ids, names)) chosen.push_back(exercise);
    }
    return chosen;
}

const Exercise& choose_one(const std::vector<Exercise>& catalog, const std::string& id) {
    const auto found = std::ranges::find(catalog, id, &Exercise::id);
    if (found == catalog.end()) throw no_such_exercise(catalog, id);
    return *found;
}

const Part& choose_part(const Exercise& exercise, const std::string& part_id) {
    if (const Part* part = exercise.find_part(part_id)) return *part;
    std::vector<std::string> known;
    for (const Part& part : exercise.parts) known.push_back(part.id);
    const Text guess = guess_words(part_id, known, "it has");
    throw Failure(wrong_usage, Text{fmt::format("{} has no part \"{}\"{}", exercise.id, clean(part_id, 80), guess.en),
                                    fmt::format("{} 没有叫 {} 的部分{}", exercise.id, clean(part_id, 80), guess.zh)});
}

std::vector<Exercise> with_needs(const std::vector<Exercise>& catalog, const std::vector<std::string>& ids) {
    std::set<std::string> wanted(ids.begin(), ids.end());
    // The catalog is in order of needs: from its end, each exercise is met before what it needs.
    for (auto exercise = catalog.rbegin(); exercise != catalog.rend(); ++exercise) {
        if (wanted.contains(exercise->id)) wanted.insert(exercise->needs.begin(), exercise->needs.end());
    }
    std::vector<Exercise> chosen;
    for (const Exercise& exercise : catalog) {
        if (wanted.contains(exercise.id)) chosen.push_back(exercise);
    }
    return chosen;
}

}  // namespace qkv::grader
