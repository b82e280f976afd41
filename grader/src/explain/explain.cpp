#include "explain/explain.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "base/process.hpp"
#include "explain/diagnosis.hpp"
#include "explain/facts.hpp"
#include "explain/origin.hpp"
#include "explain/sanitizer.hpp"
#include "explain/symbolize.hpp"
#include "model/mutants.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

void drop(std::string& text, const std::string& piece) {
    const std::size_t at = text.find(piece);
    if (at != std::string::npos) text.erase(at, piece.size());
}

/// What a sanitizer found, with the learner's own line: of this exercise or of one it needs.
std::string sanitizer_words(const Kit& kit, const Exercise& exercise, const fs::path& worker, const Facts& facts,
                            Language language) {
    const SanitizerReport report = read_sanitizer_report(facts.report);
    std::vector<std::string> own;
    for (const Exercise& visible : visible_to(kit, exercise)) own.push_back(visible.id + ".cpp");
    const auto lines = lines_in_files(kit.toolchain, worker, report.stack, own);
    SourceLine place = lines.empty() ? SourceLine{} : lines.front();
    // UBSan knows the place itself, unless it is in a header.
    if (std::ranges::find(own, report.file) != own.end()) place.file = report.file, place.line = report.line;
    const std::string call = clean(facts.function, 80) + "(" + clean(facts.shapes, 120) + ")";
    return sanitizer_message(report, place, call, language);
}

/// Call stacks of one worker as functions and lines; each is asked for once, as many tests fail at one place.
class Stacks {
public:
    struct Stack {
        std::vector<Frame> frames;
        Operation operation = Operation::none;  ///< that made NaN or an infinity
    };

    Stacks(const Toolchain& toolchain, const fs::path& worker) : toolchain_(toolchain), worker_(worker) {}

    const Stack& of(const Facts& facts) {
        const auto [entry, is_new] = known_.try_emplace(facts.addresses);
        Stack& stack = entry->second;
        if (std::chrono::steady_clock::now() > until_) return stack;
        if (is_new) stack.frames = call_stack(toolchain_, worker_, facts.addresses);
        if (facts.origin != record::Origin::none && !facts.addresses.empty() && stack.operation == Operation::none)
            stack.operation = operation_of_instruction(instruction_at(toolchain_, worker_, facts.addresses.front()),
                                                       processor_name());
        return stack;
    }

private:
    const Toolchain& toolchain_;
    const fs::path& worker_;
    std::map<std::vector<std::uint64_t>, Stack> known_;
    // A stranger's debugging information may take long to read, each time.
    std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::now() + std::chrono::seconds(10);
};

}  // namespace

void put_into_words(const Kit& kit, ExerciseResult& result, Language language) {
    const auto wrong = [](const TestResult& test) { return test.report.verdict == Verdict::failed; };
    const auto any_wrong = [&](const PartResult& part) { return std::ranges::any_of(part.tests, wrong); };
    if (std::ranges::any_of(result.parts, any_wrong)) diagnose(result, load_diagnoses(result.exercise), language);
    const std::string& id = result.exercise.id;
    std::map<fs::path, Stacks> all_stacks;
    for (PartResult& part : result.parts) {
        const bool of_precision = asks_for_floats(part);
        Stacks& stacks = all_stacks.try_emplace(part.worker, kit.toolchain, part.worker).first->second;
        for (TestResult& test : part.tests) {
            CaseReport& report = test.report;
            test.name = Text{report.name_en, report.name_zh}.in(language);
            if (kit.toolchain.sanitize && report.facts.fault == Fault::sanitizer) {
                test.message = sanitizer_words(kit, result.exercise, part.worker, report.facts, language);
                drop(report.output, "AddressSanitizer:DEADLYSIGNAL\n");  // said before its report
                continue;
            }
            const auto& stack = stacks.of(report.facts);
            const Frame place = first_in(stack.frames, id + ".cpp");
            test.line = place.line;
            test.origin = origin_sentence(report.facts, id, stack.frames, place, stack.operation, language);
            test.message = message_for(report, result.exercise, {place.line, place.function, test.origin}, language);
            if (of_precision || report.facts.difference.floats) test.message += precision_words(report.facts, language);
            if (report.verdict == Verdict::failed && test.diagnosis.empty())
                test.message += unset_memory_words(report.facts, language);
        }
    }
}

}  // namespace qkv::grader
