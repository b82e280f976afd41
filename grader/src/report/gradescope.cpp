#include "report/gradescope.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "explain/facts.hpp"
#include "report/failure.hpp"
#include "report/json.hpp"

namespace qkv::grader {

namespace {

using OrderedJson = nlohmann::ordered_json;

// When learners see a test. While one is withheld, Gradescope shows them no sum.
constexpr const char *at_once = "visible", *when_published = "after_published", *never = "hidden";

/// A test without points: it only says something.
OrderedJson check_of(const std::string& name, bool passed, const std::string& output, const char* visibility) {
    return {{"name", clean(name)},     {"name_format", "text"},   {"status", passed ? "passed" : "failed"},
            {"output", clean(output)}, {"output_format", "text"}, {"visibility", visibility}};
}

std::string name_of_part(const ExerciseResult& result, const PartResult& part, Language language) {
    return result.exercise.title.in(language) + " · " + part.part.title.in(language);
}

bool hidden_failed(const PartResult& part) {
    return std::ranges::any_of(part.tests, [](const TestResult& test) { return test.hidden && failed(test); });
}

/// What a learner reads about a part at once: nothing of what a hidden test is called or says.
std::string words_of_part(const PartResult& part, Language language) {
    if (part.tests.empty()) return words_for(part, language);
    const bool waits = part.status == Status::blocked || part.status == Status::not_implemented;
    std::string text = waits ? words_for(part, language) + "\n" : "";
    if (const std::string reference = reference_words(part, language); !reference.empty()) text += reference + "\n";
    const std::string failures = all_failures(part, false, language);
    if (!failures.empty()) return text + failures;
    if (hidden_failed(part))
        text += say({"Every test that you have holds; a hidden one does not. What it says is shown when grades are "
                     "published.\n",
                     "你手上的测试都通过了，但有隐藏测试没有通过。具体内容在成绩公布之后显示。\n"},
                    language);
    return text;
}

OrderedJson test_of(const ExerciseResult& result, std::size_t exercise, std::size_t at, Language language) {
    const PartResult& part = result.parts[at];
    OrderedJson test = check_of(name_of_part(result, part, language), part.status == Status::passed,
                                words_of_part(part, language), at_once);
    test["number"] = fmt::format("{}.{}", exercise + 1, at + 1);
    test["score"] = part.score;
    test["max_score"] = part.part.points;
    return test;
}

/// Why none of the exercise's parts could be tried.
OrderedJson why_not_tried(const ExerciseResult& result, Language language) {
    const std::string& id = result.exercise.id;
    if (result.status == Status::missing)
        return check_of(say({"{}.cpp is missing", "缺少 {}.cpp"}, language, id), false,
                        say({"{}.cpp is not among the files that were handed in. Its name must be just that.",
                             "交上来的文件里没有 {}.cpp。文件名必须正是这个。"},
                            language, id),
                        at_once);
    return check_of(say({"{}.cpp does not compile", "{}.cpp 编译不通过"}, language, id), false,
                    build_failure(result, {false, language}), at_once);
}

/// What the hidden tests of an exercise say, and how to repeat them.
OrderedJson hidden_tests(const ExerciseResult& result, std::uint64_t seed, Language language) {
    std::string text = say({"Random cases of the seed {}.\n", "随机例子，种子是 {}。\n"}, language, seed);
    bool passed = true;
    for (const PartResult& part : result.parts) {
        const std::string failures = all_failures(part, true, language);
        passed = passed && failures.empty();
        if (!failures.empty()) text += "\n" + part.part.title.in(language) + "\n" + failures;
    }
    return check_of(result.exercise.title.in(language) + say({" · hidden tests", " · 隐藏测试"}, language), passed,
                    text, when_published);
}

std::string results_file(const OrderedJson& json) {
    return json_without_commands(json.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

}  // namespace

std::string not_graded_for_gradescope(const Text& why, Language language) {
    const OrderedJson tests = {
        check_of(say({"Not graded yet", "尚未评分"}, language), false,
                 say({"The autograder itself failed, not your files: nothing is graded, and no points are lost. Your "
                      "instructor must run it again; nobody needs to hand in anything anew.",
                      "出故障的是自动评分程序，不是你的文件：这一次没有评分，也没有扣分。请教师重新运行评分；不必重新提"
                      "交。"},
                     language),
                 at_once),
        check_of(say({"For the instructor", "教师请看"}, language), false,
                 why.in(language) + "\n\n" +
                     say({"This submission has no score. Once the cause is gone, open it and choose \"Rerun "
                          "Autograder\", or \"Regrade All Submissions\" on the assignment's page. The autograder's "
                          "output, below, says more.",
                          "这份提交没有分数。排除原因之后，打开它选 Rerun Autograder，或在作业页面选 Regrade All "
                          "Submissions。下方自动评分程序的输出里有更多说明。"},
                         language),
                 never)};
    return results_file({{"output", tests[0]["output"]},
                         {"output_format", "text"},
                         {"visibility", at_once},
                         {"stdout_visibility", never},
                         {"tests", tests}});
}

std::string to_gradescope(const Result& result) {
    if (!result.not_graded.empty()) {
        Text why;
        for (const NotGraded& one : result.not_graded) {
            const Text words = said({"{} was not graded: {}\n", "{} 没有评分：{}\n"}, one.exercise, one.why);
            why.en += words.en;
            why.zh += words.zh;
        }
        return not_graded_for_gradescope(why, result.language);
    }
    OrderedJson tests = OrderedJson::array(), hidden = OrderedJson::array();
    for (std::size_t i = 0; i < result.exercises.size(); ++i) {
        const ExerciseResult& exercise = result.exercises[i];
        const bool graded = exercise.status == Status::graded;
        if (!graded) tests.push_back(why_not_tried(exercise, result.language));
        for (std::size_t at = 0; at < exercise.parts.size(); ++at)
            tests.push_back(test_of(exercise, i, at, result.language));
        if (graded && result.hidden) hidden.push_back(hidden_tests(exercise, result.seed, result.language));
    }
    tests.insert(tests.end(), hidden.begin(), hidden.end());
    return results_file(
        {{"score", result.score()},
         {"output", say({"{} of {} points", "{} / {} 分"}, result.language, result.score(), result.max_score())},
         {"output_format", "text"},
         {"visibility", at_once},
         {"stdout_visibility", never},
         {"tests", tests},
         {"extra_data", {{"kit_version", result.kit_version}, {"sandbox", result.sandbox}}}});
}

}  // namespace qkv::grader
