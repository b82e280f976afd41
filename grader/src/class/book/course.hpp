// course.toml: what a class is graded on, and by which rules.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/kit.hpp"

namespace qkv::grader {

/// Seconds since 1970, UTC.
using Moment = std::int64_t;

/// What a student may read of the hidden tests; `off`: they are not run.
enum class HiddenTests { all, points, none, off };

struct Late {
    double grace_minutes = 0;
    double percent_per_day = 0;  ///< of an exercise's points, for each begun day
    double days = 0;             ///< after so many nothing is accepted
};

struct Course {
    std::string title;
    std::vector<Exercise> exercises;  ///< in the catalog's order, with the limits of this course
    std::vector<std::string> known;   ///< ids of all exercises that there are
    std::map<std::string, double> weights;
    std::map<std::string, std::vector<std::string>> parts;  ///< of an exercise, if not all count
    std::optional<Moment> deadline;
    int offset = 0;  ///< of the deadline's clock from UTC, in seconds: times without one are taken so
    Late late;
    std::map<std::string, Moment> extensions;  ///< a deadline of one's own, by id
    bool best = false;                         ///< the best attempt of each exercise counts, not the latest
    HiddenTests hidden = HiddenTests::points;
    std::optional<Moment> hidden_until;  ///< from then on everything of them is shown
    std::optional<std::uint64_t> seed;
    bool own_stack = false;
    std::optional<Language> language;  ///< of the feedback

    std::string text;  ///< of the file

    double weight(const std::string& id) const;
    /// Whether the part counts.
    bool counts(const std::string& id, const std::string& part) const;
    /// Points that an exercise can bring, with its weight.
    double most_points(const Exercise& exercise) const;
    /// Of all exercises.
    double most_points() const;
};

/// "2026-12-07T23:59:00+08:00", "2026-12-07 23:59", "2026/12/7 9:05"; without an offset from UTC, `offset` seconds are
/// taken.
std::optional<Moment> moment_of(std::string text, int offset);

/// Reads a course.toml; without a file all of the course's own exercises count, and nothing is late. Puts the course's
/// limits into the kit's exercises. Throws Failure (wrong_usage), a line a fault.
Course load_course(const std::filesystem::path& file, Kit& kit);

}  // namespace qkv::grader
