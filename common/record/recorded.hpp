// The recorded outputs of the mutants of an exercise, by function and hash of the arguments.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "record/case_report.hpp"

namespace qkv::record {

/// The name under which the right outputs are kept beside the mutants'.
inline constexpr const char* reference_name = "reference";

/// "function/key" to who returned what: the reference always, mutants where they differ from it.
using RecordedOutputs = std::map<std::string, std::map<std::string, Outcome>>;

/// Empty if the file does not exist. Throws std::runtime_error that names it if it cannot be read or is damaged.
RecordedOutputs read_recorded(const std::filesystem::path& path);
void write_recorded(const std::filesystem::path& path, const RecordedOutputs& recorded);

/// Long outputs are kept and compared by twelve numbers: the first, the size, a sum over all, a fixed choice.
Outcome abridged(Outcome outcome);

/// Equal up to rounding; NaN equals NaN. Exceptions are equal if their types are.
bool same_outcome(const Outcome& left, const Outcome& right);

/// Mutants whose every recorded difference lies where the reference throws.
std::set<std::string> wrong_only_about_errors(const RecordedOutputs& recorded);

/// Holds one call's outcome against what is recorded for its arguments.
CallFacts look_up(const RecordedOutputs& recorded, const std::string& function, const std::string& key,
                  const Outcome& outcome);

}  // namespace qkv::record
