#include "record/case_report.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace qkv::record {

// What is not listed here is read as the first.
NLOHMANN_JSON_SERIALIZE_ENUM(Verdict, {{Verdict::none, ""},
                                       {Verdict::passed, "passed"},
                                       {Verdict::failed, "failed"},
                                       {Verdict::not_implemented, "not_implemented"},
                                       {Verdict::crashed, "crashed"},
                                       {Verdict::timed_out, "timed_out"},
                                       {Verdict::out_of_memory, "out_of_memory"},
                                       {Verdict::forbidden, "forbidden"},
                                       {Verdict::bad_reply, "bad_reply"},
                                       {Verdict::not_run, "not_run"}})

std::string name_of(Verdict verdict) { return nlohmann::json(verdict).get<std::string>(); }

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Difference, expected_shape, found_shape, row, column, largest_row, largest_column,
                                   expected, found, largest, relative, floats, wrong, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Misfit, argument, wrong, right)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Facts, fault, function, shapes, due, expression, expanded, other, misfit, difference,
                                   type, message, todo, complaint, signal, exit_status, system_call, seconds, origin,
                                   report, addresses)

// Numbers that JSON does not know (NaN, infinities) travel as text.
static void to_json(nlohmann::json& json, const Outcome& outcome) {
    json = {{"exception", outcome.exception}, {"numbers", nlohmann::json::array()}};
    for (const double number : outcome.numbers) {
        auto& numbers = json["numbers"];
        if (number - number == 0)
            numbers.push_back(number);
        else
            numbers.push_back(number > 0 ? "inf" : number < 0 ? "-inf" : "nan");
    }
}

static void from_json(const nlohmann::json& json, Outcome& outcome) {
    json.at("exception").get_to(outcome.exception);
    for (const auto& number : json.at("numbers"))
        outcome.numbers.push_back(number.is_string() ? std::stod(number.get<std::string>()) : number.get<double>());
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CallFacts, function, key, right, equal, wrong, outcome)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SmallestCase, function, arguments, expected, found, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FailingCall, number, function, shapes)
NLOHMANN_JSON_SERIALIZE_ENUM(Look, {{Look::weights, "weights"}, {Look::values, "values"}, {Look::image, "image"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Picture, title_en, title_zh, look, rows, columns, values, row_names, column_names,
                                   row_names_zh, column_names_zh)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CaseReport, name_en, name_zh, tags, verdict, seconds, facts, calls, output, smallest,
                                   failing_call, pictures, took_input)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedCase, name_en, name_zh, tags)

// Bytes of a learner that are no valid text are replaced.
static std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string to_line(const std::vector<PlannedCase>& plan) { return dump({{"plan", plan}}); }

std::string to_line(const CaseReport& report) { return dump({{"case", report}}); }

std::string end_line() { return R"({"end": true})"; }

void add_line(RunReport& run, const std::string& line) try {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("end"))
        run.complete = true;
    else if (json.contains("plan"))
        json.at("plan").get_to(run.plan);
    else
        run.cases.push_back(json.at("case").get<CaseReport>());
} catch (const std::exception& error) {
    throw std::invalid_argument(std::string("not a line of a test report: ") + error.what());
}

}  // namespace qkv::record
