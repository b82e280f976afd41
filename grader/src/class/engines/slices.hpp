// A class in slices: files that hold all that some submissions need to be graded, by any process, on any machine that
// sees the same build and the same OUT. What grades them leaves results in OUT/results and nothing else.
//
//   OUT/slices/run.sh            grades one slice
//   OUT/slices/<round>/<number>  the slices, from 1 and from 0
//   OUT/slices/faults/<key>      why a submission could not be graded
#pragma once

#include "class/grade_class.hpp"

namespace qkv::grader {

inline constexpr std::size_t most_slices = 1000;  ///< a round; Slurm's arrays hold so many unless it is told otherwise

/// Where the slices are.
std::filesystem::path slices_folder(const std::filesystem::path& out);
std::filesystem::path round_folder(const std::filesystem::path& out, int round);

/// The round that was made last; 0: none.
int last_round(const std::filesystem::path& out);

/// Makes a round of these tasks, of so many a slice (0: about a minute's work), and run.sh. Returns how many slices.
std::size_t make_round(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments);

/// What a round holds, by the name of the result.
std::vector<std::string> keys_of_round(const std::filesystem::path& out, int round);

/// Makes the next round of what the last one left without a result: small slices, so that nothing holds up another.
/// Returns how many slices; 0: there is nothing left.
std::size_t make_next_round(const std::filesystem::path& out);

/// Why these were not graded, as far as a slice could tell.
FaultsOfMachine faults_of_slices(const std::filesystem::path& out, const std::vector<std::string>& keys);

/// Grades what has no result of a slice, here. Returns the exit status: kit_fault if something was left.
int grade_slice(const Kit& kit, const Arguments& arguments);

}  // namespace qkv::grader
