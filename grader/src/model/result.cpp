#include "model/result.hpp"

#include <algorithm>

namespace qkv::grader {

const char* name_of(Status status) {
    switch (status) {
        case Status::graded:
            return "graded";
        case Status::passed:
            return "passed";
        case Status::failed:
            return "failed";
        case Status::not_implemented:
            return "not_implemented";
        case Status::blocked:
            return "blocked";
        case Status::build_failed:
            return "build_failed";
        case Status::missing:
            return "missing";
        case Status::unknown:
            break;
    }
    return "";
}

int PartResult::laws_held() const {
    return static_cast<int>(std::ranges::count_if(tests, [](const TestResult& test) { return !failed(test); }));
}

int ExerciseResult::max_score() const {
    int sum = 0;
    for (const PartResult& part : parts) sum += part.part.points;
    return sum;
}

int Result::score() const {
    int sum = 0;
    for (const ExerciseResult& exercise : exercises) sum += exercise.score;
    return sum;
}

int Result::max_score() const {
    int sum = 0;
    for (const ExerciseResult& exercise : exercises) sum += exercise.max_score();
    return sum;
}

int Result::score(Tally tally) const {
    int sum = 0;
    for (const ExerciseResult& one : exercises) sum += tally_of(one.exercise) == tally ? one.score : 0;
    return sum;
}

int Result::max_score(Tally tally) const {
    int sum = 0;
    for (const ExerciseResult& one : exercises) sum += tally_of(one.exercise) == tally ? one.max_score() : 0;
    return sum;
}

}  // namespace qkv::grader
