#include "harness/session.hpp"

#include "harness/program.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace qkv::harness {

RunSettings current_settings() {
    if (const char* text = std::getenv("QKV_RUN")) return settings_from_text(text);
    std::ifstream file(run_file);
    if (!file) throw std::runtime_error("no worker has been built yet: run ./grade once, then run the tests by hand");
    return settings_from_text({std::istreambuf_iterator<char>(file), {}});
}

Session::Session(RunSettings settings, const std::string& recorded_file)
    : settings_(std::move(settings)), spare_(start_worker()) {
    recorded_ = read_recorded(recorded_file);
    error_only_ = wrong_only_about_errors(recorded_);
}

void Session::begin_case(const std::string& name_en, const std::string& name_zh, const std::vector<std::string>& tags) {
    case_ = {};
    case_.name_en = name_en;
    case_.name_zh = name_zh;
    case_.tags = tags;
    last_call_ = {};
    wrong_call_.reset();
    facts_.reset();
    thrown_.reset();
    not_finite_.reset();
    const std::string part = tags.empty() ? "" : tags.front();
    if (part != part_) stop_worker();
    part_ = part;
    began_ = std::chrono::steady_clock::now();
}

/// Of a test that held: each function's first call, and what speaks about a mutant. Hidden tests make thousands of
/// calls.
static void keep_what_tells(std::vector<CallFacts>& calls) {
    std::set<std::string> functions;
    std::erase_if(calls,
                  [&](const CallFacts& call) { return !functions.insert(call.function).second && call.wrong.empty(); });
}

void Session::end_case(bool assertions_held, bool any_assertion) {
    if (case_.verdict == Verdict::none && worker_ && worker_->speaks_unasked()) {
        case_.verdict = Verdict::bad_reply;
        facts_ = Facts{.fault = Fault::bad_reply, .complaint = Complaint::unasked};
        stop_worker();
    }
    if (worker_) case_.output += worker_->take_output();
    if (case_.verdict == Verdict::none) {
        case_.verdict = !any_assertion ? Verdict::not_run : assertions_held ? Verdict::passed : Verdict::failed;
        if (!any_assertion) note({.fault = Fault::no_assertion});
    }
    case_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    if (case_.verdict == Verdict::failed) find_origin();
    if (case_.verdict != Verdict::passed && facts_) case_.facts = *facts_;
    if (case_.verdict == Verdict::passed && !settings_.record) keep_what_tells(case_.calls);
    write_line(to_line(case_));
}

void Session::begin_run(const std::vector<PlannedCase>& plan) { write_line(to_line(plan)); }

void Session::end_run() {
    stop_worker();
    spare_.reset();
    write_line(end_line());
}

void Session::stop_worker() {
    if (worker_) case_.output += worker_->take_output();
    worker_.reset();
}

std::unique_ptr<WorkerProcess> Session::start_worker() const try {
    return std::make_unique<WorkerProcess>(settings_.worker, settings_.enclosed, true);
} catch (const std::runtime_error& error) {
    stop_for_machine(error.what());
}

void stop_for_machine(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::_Exit(record::machine_fault);
}

void Session::write_line(const std::string& text) const {
    if (settings_.report_descriptor < 0) return;
    const std::string line = text + "\n";
    std::size_t written = 0;
    while (written < line.size()) {
        const ssize_t count = write(settings_.report_descriptor, line.data() + written, line.size() - written);
        if (count <= 0) std::_Exit(EXIT_FAILURE);
        written += static_cast<std::size_t>(count);
    }
}

bool Session::gave_up() const {
    return case_.verdict == Verdict::timed_out || case_.verdict == Verdict::not_run ||
           case_.verdict == Verdict::not_implemented;
}

void Session::forget_call() {
    if (gave_up()) return;
    if (worker_) worker_->take_output();
    case_.verdict = Verdict::none;
    case_.calls.clear();
    case_.output.clear();
    facts_.reset();
    thrown_.reset();
    not_finite_.reset();
}

void Session::note(Facts facts) {
    if (facts_) return;
    facts_ = std::move(facts);
    if (facts_->function.empty()) facts_->function = last_call_.function, facts_->shapes = last_call_.shapes;
    case_.failing_call = wrong_call_.value_or(last_call_);
}

bool Session::note_thrown(const std::string& due, const Misfit& misfit) {
    // Who divides by a number of heads that was to be refused dies before he can refuse; so does whoever steps by a
    // block of 0 without end, or fills a matrix by <<, which asserts once more in a destructor.
    constexpr std::array deaths = {Fault::crash,         Fault::stack_overflow, Fault::eigen_assertion,
                                   Fault::out_of_memory, Fault::timeout,        Fault::cpu_limit};
    const bool died = facts_ && std::ranges::find(deaths, facts_->fault) != deaths.end();
    if (!thrown_ && died && facts_->due.empty()) {
        facts_->due = due;
        facts_->misfit = misfit;
    }
    if (!thrown_) return false;
    thrown_->due = due;
    thrown_->misfit = misfit;
    note(*thrown_);
    return true;
}

void Session::note_result(const Request& request, Outcome outcome) {
    const bool nan = std::ranges::any_of(outcome.numbers, [](double number) { return std::isnan(number); });
    const bool infinite = std::ranges::any_of(outcome.numbers, [](double number) { return std::isinf(number); });
    if (nan ? !not_finite_ || !not_finite_->nan : infinite && !not_finite_) not_finite_ = {request.payload, nan};
    outcome = abridged(std::move(outcome));
    const std::string key = fmt::format("{:016x}", request.key);
    CallFacts facts = look_up(recorded_, request.function, key, outcome);
    // Mutants are listed only for arguments whose right outcome is recorded.
    if (!facts.right && !facts.wrong.empty() && !wrong_call_) wrong_call_ = last_call_;
    if (!outcome.exception.empty()) {
        // Many mistakes end in the same exception.
        const auto silent = [&](const std::string& mutant) {
            return !error_only_.contains(mutant) && std::ranges::find(facts.equal, mutant) != facts.equal.end();
        };
        std::erase_if(facts.wrong, silent);
        std::erase_if(facts.equal, [&](const std::string& mutant) { return !error_only_.contains(mutant); });
    }
    if (settings_.record) facts.outcome = std::move(outcome);
    case_.calls.push_back(std::move(facts));
}

Bytes call(const Request& request) { return session().call(request); }

void reject_mask(const Request& request) { session().reject_mask(request); }

void reject(const Request& request) { session().reject(request, Complaint::wrong_type); }

void note_result(const Request& request, std::vector<double> numbers) {
    session().note_result(request, {std::move(numbers), ""});
}

}  // namespace qkv::harness

void qkv::eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error(std::string("in the tests themselves, ") + function + ": " + expression);
}
