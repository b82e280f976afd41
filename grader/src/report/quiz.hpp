// Questions and what came of them, in words for a terminal and as a sheet to be filled in.
#pragma once

#include <string>

#include "quiz/quiz.hpp"
#include "report/paint.hpp"

namespace qkv::grader {

/// The prompt, its code, and what may be chosen; no line wider than `columns`, but for lines of code.
std::string question_words(const Question& question, const Paint& paint, std::size_t columns);

/// What is wanted of whoever typed something that is no answer.
Text wanted_words(const Question& question);

/// Right or wrong, and why.
std::string verdict_words(const Question& question, const Judgement& judgement, const Paint& paint,
                          std::size_t columns);

/// The answer and its explanation, for whoever asks for it.
std::string told_words(const Question& question, const Paint& paint, std::size_t columns);

/// The questions as comments, and a line `id:` for each answer.
std::string answer_sheet(const Quiz& quiz, Language language);

/// What came of a sheet.
std::string to_text(const QuizResult& result, const Paint& paint);

/// What there is to say about an answer of a sheet; nothing about a right one.
std::string message_of(const QuestionResult& result, Language language);

}  // namespace qkv::grader
