// The files of an exercise must agree with one another: what verify can see without running anything.
#pragma once

#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "quiz/quiz.hpp"

namespace qkv::grader {

/// One line a fault, each with file and line:
/// - every file is there; hints, titles and diagnoses exist in both languages, at least three hints a part;
/// - every test's tag is a part, every test has its name in both languages;
/// - interface, stub, reference, remote.hpp and hidden tests speak of the same functions;
/// - both statements mention each part and each function;
/// - the questions, if there are any, can be read and agree with themselves;
/// - what learners get holds no line of the reference.
std::vector<std::string> disagreements(const Exercise& exercise);

/// One line a fault, each with file and line: every text of a question is there in both languages, its answer is taken
/// for right, each wrong answer for itself, and a `check` computes each number and shape.
std::vector<std::string> disagreements(const Quiz& quiz);

}  // namespace qkv::grader
