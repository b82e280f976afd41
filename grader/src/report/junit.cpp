#include "report/junit.hpp"

#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "explain/facts.hpp"

namespace qkv::grader {

namespace {

pugi::xml_node add_case(pugi::xml_node suite, const ExerciseResult& result, const PartResult& part,
                        const std::string& name) {
    pugi::xml_node node = suite.append_child("testcase");
    node.append_attribute("classname") = (result.exercise.id + "." + part.part.id).c_str();
    node.append_attribute("name") = name.c_str();
    return node;
}

void add_failure(pugi::xml_node node, const std::string& kind, const std::string& text) {
    pugi::xml_node failure = node.append_child("failure");
    failure.append_attribute("type") = kind.c_str();
    failure.append_attribute("message") = text.substr(0, text.find('\n')).c_str();
    failure.text() = text.c_str();
}

void add_test(pugi::xml_node suite, const ExerciseResult& result, const PartResult& part, const TestResult& test) {
    pugi::xml_node node = add_case(suite, result, part, test.name);
    node.append_attribute("time") = fmt::format("{:.4f}", test.report.seconds).c_str();
    if (failed(test)) {
        add_failure(node, record::name_of(test.report.verdict),
                    test.message + (test.diagnosis.empty() ? "" : "\n" + test.diagnosis));
    }
    const std::string output = clean(printed_by(test.report));
    if (!output.empty()) node.append_child("system-out").text() = output.c_str();
}

int count(const ExerciseResult& result, bool failed_only) {
    int number = 0;
    for (const PartResult& part : result.parts) {
        if (part.tests.empty()) ++number;
        for (const TestResult& test : part.tests) number += !failed_only || failed(test) ? 1 : 0;
    }
    return number;
}

}  // namespace

std::string to_junit(const Result& result) {
    pugi::xml_document document;
    pugi::xml_node suites = document.append_child("testsuites");
    suites.append_attribute("name") = "qkv";
    int tests = 0, failures = 0;
    for (const ExerciseResult& exercise : result.exercises) {
        tests += count(exercise, false);
        failures += count(exercise, true);
    }
    suites.append_attribute("tests") = tests;
    suites.append_attribute("failures") = failures;
    for (const ExerciseResult& exercise : result.exercises) {
        pugi::xml_node suite = suites.append_child("testsuite");
        suite.append_attribute("name") = exercise.exercise.id.c_str();
        suite.append_attribute("tests") = count(exercise, false);
        suite.append_attribute("failures") = count(exercise, true);
        for (const PartResult& part : exercise.parts) {
            for (const TestResult& test : part.tests) add_test(suite, exercise, part, test);
            if (part.tests.empty()) {
                const std::string why =
                    exercise.diagnostics.empty() ? words_for(part, result.language) : exercise.diagnostics;
                add_failure(add_case(suite, exercise, part, part.part.title.in(result.language)), name_of(part.status),
                            why);
            }
        }
    }
    std::ostringstream stream;
    document.save(stream, "  ");
    return without_commands(stream.str());
}

}  // namespace qkv::grader
