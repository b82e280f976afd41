// The result as JSON, schema "qkv-result/1": stable, scripts and courses rely on it.
#pragma once

#include <string>
#include <vector>

#include "model/result.hpp"
#include "quiz/quiz.hpp"

namespace qkv::grader {

std::string to_json(const Result& result);

/// A text of JSON that holds no command to a build service wherever it is printed, and means the same.
std::string json_without_commands(std::string text);

/// What came of quizzes, the schema qkv-quiz/1.
std::string to_json(const std::vector<QuizResult>& results, const std::string& kit_version, Language language);

}  // namespace qkv::grader
