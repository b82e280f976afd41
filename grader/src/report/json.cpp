#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/quiz.hpp"

namespace qkv::grader {

namespace {

using Json = nlohmann::ordered_json;  // keys in the order of the documentation

Json to_object(const TestResult& test) {
    return {{"name", test.name},
            {"verdict", record::name_of(test.report.verdict)},
            {"hidden", test.hidden},
            {"seconds", test.report.seconds},
            {"message", test.message},
            {"diagnosis", test.diagnosis},
            {"output", clean(test.report.output)}};
}

Json to_object(const PartResult& part) {
    Json tests = Json::array();
    for (const TestResult& test : part.tests) tests.push_back(to_object(test));
    return {{"id", part.part.id},
            {"score", part.score},
            {"max_score", part.part.points},
            {"status", name_of(part.status)},
            {"with_reference", part.with_reference},
            {"tests", tests}};
}

Json to_object(const ExerciseResult& result) {
    Json parts = Json::array();
    for (const PartResult& part : result.parts) parts.push_back(to_object(part));
    return {{"id", result.exercise.id},
            {"track", result.exercise.track},
            {"status", name_of(result.status)},
            {"score", result.score},
            {"max_score", result.max_score()},
            {"own_needs", result.own_needs},
            {"build",
             {{"ok", result.status == Status::graded},
              {"seconds", result.build_seconds},
              {"diagnostics", result.diagnostics}}},
            {"parts", parts}};
}

Json to_object(const QuizResult& quiz, Language language) {
    Json questions = Json::array();
    for (const QuestionResult& one : quiz.questions) {
        questions.push_back({{"id", one.question.id},
                             {"kind", name_of(one.question.kind)},
                             {"status", name_of(one.status)},
                             {"tries", one.tries},
                             {"answer", one.answer},
                             {"message", message_of(one, language)}});
    }
    return {{"id", quiz.id},
            {"right", quiz.count(QuestionStatus::right)},
            {"all", quiz.questions.size()},
            {"questions", questions}};
}

std::string written(const Json& json) {
    return json_without_commands(json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

std::string json_without_commands(std::string text) {
    // No line begins with ::, but build services obey ##[ anywhere; so written it is the same text.
    for (std::size_t at = 0; (at = find_command(text, at)) != std::string::npos;) text.replace(at, 2, "\\u0023#");
    return text;
}

std::string to_json(const Result& result) {
    Json exercises = Json::array();
    for (const ExerciseResult& exercise : result.exercises) exercises.push_back(to_object(exercise));
    const Json json = {{"schema", "qkv-result/1"},  {"kit_version", result.kit_version},
                       {"score", result.score()},   {"max_score", result.max_score()},
                       {"sandbox", result.sandbox}, {"hidden", result.hidden},
                       {"seed", result.seed},       {"exercises", exercises}};
    return written(json);
}

std::string to_json(const std::vector<QuizResult>& results, const std::string& kit_version, Language language) {
    Json quizzes = Json::array();
    for (const QuizResult& quiz : results) quizzes.push_back(to_object(quiz, language));
    return written({{"schema", "qkv-quiz/1"}, {"kit_version", kit_version}, {"quizzes", quizzes}});
}

}  // namespace qkv::grader
