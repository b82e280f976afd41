#include "record/recorded.hpp"

#include <cmath>

#include "record/safetensors.hpp"
#include "record/compare.hpp"

namespace qkv::record {

RecordedOutputs read_recorded(const std::filesystem::path& path) {
    RecordedOutputs recorded;
    if (!std::filesystem::exists(path)) return recorded;
    for (const auto& [name, tensor] : read_safetensors(path)) {
        const std::size_t slash = name.rfind('/');
        if (slash == std::string::npos) continue;
        recorded[name.substr(0, slash)][name.substr(slash + 1)] = {tensor.values, tensor.text};
    }
    return recorded;
}

void write_recorded(const std::filesystem::path& path, const RecordedOutputs& recorded) {
    Tensors tensors;
    for (const auto& [call, outcomes] : recorded) {
        for (const auto& [who, outcome] : outcomes) {
            const std::size_t size = outcome.exception.empty() ? outcome.numbers.size() : outcome.exception.size();
            tensors[call + "/" + who] = {{static_cast<std::int64_t>(size)}, outcome.numbers, outcome.exception};
        }
    }
    write_safetensors(path, tensors);
}

Outcome abridged(Outcome outcome) {
    constexpr std::size_t most = 256;
    const std::size_t size = outcome.numbers.size();
    if (size <= most) return outcome;
    // The first numbers hold the shape; the rest is sampled evenly, to the end.
    constexpr std::size_t first = 8;
    std::vector<double> chosen(outcome.numbers.begin(), outcome.numbers.begin() + first);
    chosen.push_back(static_cast<double>(size));
    const std::size_t room = most - chosen.size();
    for (std::size_t i = 0; i < room; ++i)
        chosen.push_back(outcome.numbers[first + i * (size - first - 1) / (room - 1)]);
    outcome.numbers = std::move(chosen);
    return outcome;
}

static bool same_number(double left, double right) {
    if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
    if (std::isinf(left) || std::isinf(right)) return left == right;
    return std::abs(left - right) <= tolerance * (1 + std::abs(right));
}

bool same_outcome(const Outcome& left, const Outcome& right) {
    if (left.exception != right.exception || left.numbers.size() != right.numbers.size()) return false;
    for (std::size_t i = 0; i < left.numbers.size(); ++i) {
        if (!same_number(left.numbers[i], right.numbers[i])) return false;
    }
    return true;
}

std::set<std::string> wrong_only_about_errors(const RecordedOutputs& recorded) {
    std::set<std::string> error_only, about_values;
    for (const auto& [call, outcomes] : recorded) {
        const auto reference = outcomes.find(reference_name);
        if (reference == outcomes.end()) continue;  // sentences, not outputs
        for (const auto& [mutant, outcome] : outcomes) {
            if (mutant != reference_name)
                (reference->second.exception.empty() ? about_values : error_only).insert(mutant);
        }
    }
    for (const std::string& mutant : about_values) error_only.erase(mutant);
    return error_only;
}

CallFacts look_up(const RecordedOutputs& recorded, const std::string& function, const std::string& key,
                  const Outcome& outcome) {
    CallFacts facts{function, key, false, {}, {}, {}};
    const auto found = recorded.find(function + "/" + key);
    if (found == recorded.end()) return facts;
    const Outcome& reference = found->second.at(reference_name);
    facts.right = same_outcome(outcome, reference);
    for (const auto& [mutant, theirs] : found->second) {
        if (mutant == reference_name) continue;
        const bool same = same_outcome(outcome, theirs);
        // Many mistakes end in the same exception; it tells something only where an error was due.
        if (same && !theirs.exception.empty() && reference.exception.empty()) continue;
        facts.wrong.push_back(mutant);
        if (same) facts.equal.push_back(mutant);
    }
    return facts;
}

}  // namespace qkv::record
