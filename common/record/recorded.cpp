#include "record/recorded.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>

#include "record/compare.hpp"
#include "record/safetensors.hpp"

namespace qkv::record {

namespace {

// What the file holds: every text and every number once, and indices of them. For each call: its name,
// how many outcomes; for each outcome: who returned it, the exception (text 0: none), how many numbers,
// which.
constexpr const char *texts_name = "texts", *numbers_name = "numbers", *outcomes_name = "outcomes";

/// Takes indices one by one. Throws where there is none, or where it points nowhere.
class Indices {
public:
    explicit Indices(const std::vector<std::uint32_t>& all) : all_(all) {}

    std::size_t left() const { return all_.size() - at_; }
    std::size_t below(std::size_t limit) {
        if (left() == 0 || all_[at_] >= limit) throw std::runtime_error("the recorded outputs are damaged");
        return all_[at_++];
    }

private:
    const std::vector<std::uint32_t>& all_;
    std::size_t at_ = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
        lines.push_back(text.substr(begin, end - begin));
    return lines;
}

RecordedOutputs unpacked(const Tensors& tensors) {
    for (const char* name : {texts_name, numbers_name, outcomes_name}) {
        if (!tensors.contains(name)) throw std::runtime_error(std::string("there is no array named ") + name);
    }
    const std::vector<std::string> texts = lines_of(tensors.at(texts_name).text);
    const std::vector<double>& numbers = tensors.at(numbers_name).values;
    Indices next(tensors.at(outcomes_name).indices);
    RecordedOutputs recorded;
    while (next.left() > 0) {
        auto& outcomes = recorded[texts[next.below(texts.size())]];
        for (std::size_t count = next.below(next.left()); count > 0; --count) {
            Outcome& outcome = outcomes[texts[next.below(texts.size())]];
            outcome.exception = texts[next.below(texts.size())];
            outcome.numbers.resize(next.below(next.left()));
            for (double& number : outcome.numbers) number = numbers[next.below(numbers.size())];
        }
        if (!outcomes.contains(reference_name)) throw std::runtime_error("a call's right output is missing");
    }
    return recorded;
}

/// Fills the three arrays.
struct Packer {
    Tensor texts, numbers, outcomes;
    std::map<std::string, std::size_t> text_places;
    std::map<std::uint64_t, std::size_t> number_places;  ///< by their bits: NaN has no place in an order

    void index(std::size_t index) { outcomes.indices.push_back(static_cast<std::uint32_t>(index)); }
    void text(const std::string& text) {
        const auto [place, is_new] = text_places.emplace(text, text_places.size());
        if (is_new) texts.text += text + '\n';
        index(place->second);
    }
    void number(double number) {
        const auto [place, is_new] = number_places.emplace(std::bit_cast<std::uint64_t>(number), number_places.size());
        if (is_new) numbers.values.push_back(number);
        index(place->second);
    }
};

Tensors packed(const RecordedOutputs& recorded) {
    Packer packer;
    packer.text_places[""] = 0;
    packer.texts.text = "\n";
    for (const auto& [call, outcomes] : recorded) {
        packer.text(call);
        packer.index(outcomes.size());
        for (const auto& [who, outcome] : outcomes) {
            packer.text(who);
            packer.text(outcome.exception);
            packer.index(outcome.numbers.size());
            for (const double number : outcome.numbers) packer.number(number);
        }
    }
    packer.texts.shape = {std::ssize(packer.texts.text)};
    packer.numbers.shape = {std::ssize(packer.numbers.values)};
    packer.outcomes.shape = {std::ssize(packer.outcomes.indices)};
    return {{texts_name, packer.texts}, {numbers_name, packer.numbers}, {outcomes_name, packer.outcomes}};
}

/// What is not finite counts as some number that no function returns, so that it does not hide the others.
double counted(double number) {
    if (std::isfinite(number)) return number;
    return std::isnan(number) ? 0.1234567891011 : number > 0 ? 0.2468013579246 : 0.3692581470369;
}

}  // namespace

RecordedOutputs read_recorded(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return {};
    const Tensors tensors = read_safetensors(path);
    try {
        return unpacked(tensors);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(path.string() + ": " + error.what());
    }
}

void write_recorded(const std::filesystem::path& path, const RecordedOutputs& recorded) {
    write_safetensors(path, packed(recorded));
}

Outcome abridged(Outcome outcome) {
    constexpr std::size_t most = 12, first = 4;
    const std::vector<double>& all = outcome.numbers;
    if (all.size() <= most) return outcome;
    // The first numbers hold the shape. A weighted sum notices whatever differs elsewhere.
    std::vector<double> chosen(all.begin(), all.begin() + first);
    chosen.push_back(static_cast<double>(all.size()));
    std::minstd_rand random;  // the same numbers everywhere
    double sum = 0;
    for (const double number : all) sum += counted(number) * (static_cast<double>(random()) / std::minstd_rand::max());
    chosen.push_back(sum);
    // Some of the rest as they are, one from each stretch: a large number hides small ones in a sum.
    const std::size_t rest = all.size() - first, room = most - chosen.size();
    for (std::size_t i = 0; i < room; ++i) {
        const std::size_t begin = i * rest / room, end = (i + 1) * rest / room;
        chosen.push_back(all[first + begin + random() % (end - begin)]);
    }
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
        const bool error_due = !outcomes.at(reference_name).exception.empty();
        for (const auto& [mutant, outcome] : outcomes) {
            if (mutant != reference_name) (error_due ? error_only : about_values).insert(mutant);
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
