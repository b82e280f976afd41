// The questions of an exercise, exercises/<id>/quiz.toml: how they are read, and what an answer to one is worth. A
// folder of exercises/ that holds a quiz.toml and no exercise has questions of its own, as `prerequisites` does.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/state.hpp"
#include "model/catalog.hpp"

namespace qkv::grader {

/// Choose one; write a number, a shape or a word; say what a snippet prints.
enum class QuestionKind { choice, brief, trace };
const char* name_of(QuestionKind kind);

/// An answer that is known to be wrong, and what to say about it.
struct WrongAnswer {
    Text answer, why;
};

struct Question {
    std::string id;
    QuestionKind kind = QuestionKind::choice;
    Text prompt;
    std::string code;  ///< C++ that is shown below the prompt; a trace asks what it prints
    Text answer;
    std::vector<std::string> accept;  ///< other words for a short answer, in any language
    double tolerance = -1;            ///< of a number; below 0: half a unit of the last digit that `answer` has
    std::vector<WrongAnswer> wrong;   ///< of a choice: all that may be chosen beside the answer
    Text explanation;
    std::string check;  ///< Python that computes a short answer; grader/tests/quiz.py runs it
    int line = 0;
};

struct Quiz {
    std::string id;  ///< of the exercise; else the folder's name
    Text title;
    std::vector<Question> questions;
    std::filesystem::path file;
};

/// What questions there are: those of no exercise first, then in the catalog's order.
/// Throws Failure (kit_fault) with one line a fault, each with file and line.
std::vector<Quiz> load_quizzes(const std::filesystem::path& root, const std::vector<Exercise>& catalog);

/// One file. Without a title of an exercise it must bring its own. Throws as load_quizzes does.
Quiz load_quiz(const std::filesystem::path& file, const std::string& id, const Text& title);

/// What may be chosen, in the order it is shown in, which is always the same; not the order of the file.
std::vector<Text> choices(const Question& question);

/// How a short answer is compared: 0.25 and 1/4 are one number, 4x6 and (4, 6) one shape.
enum class AnswerForm { number, shape, words };
AnswerForm form_of(const Question& question);

enum class Worth { right, wrong, unreadable };  ///< unreadable: a number was asked for, say, and this is none

struct Judgement {
    Worth worth = Worth::wrong;
    std::optional<Text> why;  ///< if it is a mistake that the question knows
};

/// What an answer is worth, as it was typed: letter or text of a choice, in full-width characters too.
Judgement judge(const Question& question, const std::string& said);

/// The right answer as it is typed, for a reader who gave up: "b", "0.4519", "4 x 6".
std::string right_answer(const Question& question, Language language);

/// The order of one sitting: whoever answers wrong meets the question again after three others.
struct Sitting {
    std::deque<std::size_t> waiting;  ///< numbers of questions; the first one is asked
};
Sitting sitting_of(const std::vector<std::size_t>& questions);
void take_answer(Sitting& sitting, bool right);

/// What was filled in, by the ids of the questions.
using Answers = std::map<std::string, std::string>;

/// Reads a sheet: a line `id: answer` for each question that was answered; # begins a comment.
/// Throws Failure (wrong_usage) with one line that begins with `name` and the number of the line.
Answers read_sheet(const std::string& text, const std::string& name, const Quiz& quiz);

/// What became of the questions of a quiz: of a sheet, or of all sittings so far.
enum class QuestionStatus { unanswered, wrong, right };
const char* name_of(QuestionStatus status);
struct QuestionResult {
    Question question;
    QuestionStatus status = QuestionStatus::unanswered;
    int tries = 0;        ///< answers up to the first right one
    std::string answer;   ///< of a sheet
    Judgement judgement;  ///< of that answer
};
struct QuizResult {
    std::string id;
    Text title;
    std::vector<QuestionResult> questions;
    std::size_t count(QuestionStatus status) const;
};

/// An answer that is no number or no letter is wrong here: nobody can be asked again.
QuizResult judge_sheet(const Quiz& quiz, const Answers& answers);

/// What is remembered of a quiz (`State::quiz`).
QuizResult remembered(const Quiz& quiz, const std::map<std::string, Answered>& state);
std::string key_of(const Quiz& quiz, const Question& question);

}  // namespace qkv::grader
