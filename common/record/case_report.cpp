#include "record/case_report.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace qkv::record {

// Numbers that JSON does not know (NaN, infinities) travel as text.
static nlohmann::json number_to_json(double number) {
    if (number - number == 0) return number;
    return number > 0 ? "inf" : number < 0 ? "-inf" : "nan";
}

static double number_from_json(const nlohmann::json& json) {
    return json.is_string() ? std::stod(json.get<std::string>()) : json.get<double>();
}

static void to_json(nlohmann::json& json, const CallFacts& call) {
    json = {{"function", call.function}, {"key", call.key}, {"right", call.right}};
    if (!call.equal.empty()) json["equal"] = call.equal;
    if (!call.wrong.empty()) json["wrong"] = call.wrong;
    if (!call.outcome.exception.empty()) json["exception"] = call.outcome.exception;
    for (const double number : call.outcome.numbers) json["numbers"].push_back(number_to_json(number));
}

static void from_json(const nlohmann::json& json, CallFacts& call) {
    json.at("function").get_to(call.function);
    json.at("key").get_to(call.key);
    json.at("right").get_to(call.right);
    call.equal = json.value("equal", call.equal);
    call.wrong = json.value("wrong", call.wrong);
    call.outcome.exception = json.value("exception", "");
    for (const auto& number : json.value("numbers", nlohmann::json::array())) {
        call.outcome.numbers.push_back(number_from_json(number));
    }
}

static void to_json(nlohmann::json& json, const SmallestCase& smallest) {
    json = {{"function", smallest.function},
            {"arguments", smallest.arguments},
            {"expected", smallest.expected},
            {"found", smallest.found},
            {"size", smallest.size}};
}

static void from_json(const nlohmann::json& json, SmallestCase& smallest) {
    json.at("function").get_to(smallest.function);
    json.at("arguments").get_to(smallest.arguments);
    json.at("expected").get_to(smallest.expected);
    json.at("found").get_to(smallest.found);
    json.at("size").get_to(smallest.size);
}

static void to_json(nlohmann::json& json, const FailingCall& call) {
    json = {{"number", call.number}, {"function", call.function}, {"shapes", call.shapes}};
}

static void from_json(const nlohmann::json& json, FailingCall& call) {
    json.at("number").get_to(call.number);
    json.at("function").get_to(call.function);
    json.at("shapes").get_to(call.shapes);
}

// Bytes of a learner that are no valid text are replaced.
static std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string to_line(const std::vector<PlannedCase>& plan) {
    nlohmann::json json = {{"plan", nlohmann::json::array()}};
    for (const PlannedCase& planned : plan) {
        json["plan"].push_back({{"en", planned.name_en}, {"zh", planned.name_zh}, {"tags", planned.tags}});
    }
    return dump(json);
}

std::string to_line(const CaseReport& report) {
    nlohmann::json json = {
        {"name", {{"en", report.name_en}, {"zh", report.name_zh}}},
        {"tags", report.tags},
        {"verdict", report.verdict},
        {"seconds", report.seconds},
        {"output", report.output},
        {"facts",
         {{"kind", report.facts.kind}, {"values", report.facts.values}, {"addresses", report.facts.addresses}}}};
    json["calls"] = nlohmann::json::array();
    for (const CallFacts& call : report.calls) to_json(json["calls"].emplace_back(), call);
    if (!report.smallest.arguments.empty()) to_json(json["smallest"], report.smallest);
    if (report.failing_call.number != 0) to_json(json["failing_call"], report.failing_call);
    return dump(json);
}

std::string end_line() { return R"({"end": true})"; }

static void add_case(RunReport& run, const nlohmann::json& json) {
    CaseReport report;
    json.at("name").at("en").get_to(report.name_en);
    json.at("name").at("zh").get_to(report.name_zh);
    json.at("tags").get_to(report.tags);
    json.at("verdict").get_to(report.verdict);
    json.at("seconds").get_to(report.seconds);
    json.at("output").get_to(report.output);
    json.at("facts").at("kind").get_to(report.facts.kind);
    json.at("facts").at("values").get_to(report.facts.values);
    for (const auto& address : json.at("facts").at("addresses")) {
        if (!address.is_number_unsigned()) throw std::invalid_argument("an address is no whole number");
        report.facts.addresses.push_back(address.get<std::uint64_t>());
    }
    for (const auto& call : json.at("calls")) from_json(call, report.calls.emplace_back());
    if (json.contains("smallest")) from_json(json.at("smallest"), report.smallest);
    if (json.contains("failing_call")) from_json(json.at("failing_call"), report.failing_call);
    run.cases.push_back(std::move(report));
}

void add_line(RunReport& run, const std::string& line) try {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("end")) {
        run.complete = true;
    } else if (json.contains("plan")) {
        for (const auto& planned : json.at("plan")) {
            run.plan.push_back({planned.at("en"), planned.at("zh"), planned.at("tags")});
        }
    } else {
        add_case(run, json);
    }
} catch (const std::exception& error) {
    throw std::invalid_argument(std::string("not a line of a test report: ") + error.what());
}

}  // namespace qkv::record
