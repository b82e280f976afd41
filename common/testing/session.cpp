#include "testing/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>

namespace qkv::testing {

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

void Session::end_case(bool assertions_held, bool any_assertion) {
    if (case_.verdict.empty() && worker_ && worker_->speaks_unasked()) {
        case_.verdict = "bad_reply";
        facts_ = Facts{"bad_reply", {{"complaint", "it came without a call"}}, {}};
        stop_worker();
    }
    if (worker_) case_.output += worker_->take_output();
    if (case_.verdict.empty()) {
        case_.verdict = !any_assertion ? "not_run" : assertions_held ? "passed" : "failed";
        if (!any_assertion) note({"no_assertion", {}, {}});
    }
    case_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    if (case_.verdict == "failed") find_origin();
    if (case_.verdict != "passed" && facts_) case_.facts = *facts_;
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

std::unique_ptr<WorkerProcess> Session::start_worker() const {
    return std::make_unique<WorkerProcess>(settings_.worker, settings_.enclosed);
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
    return case_.verdict == "timed_out" || case_.verdict == "not_run" || case_.verdict == "not_implemented";
}

void Session::forget_call() {
    if (gave_up()) return;
    if (worker_) worker_->take_output();
    case_.verdict.clear();
    case_.calls.clear();
    case_.output.clear();
    facts_.reset();
    thrown_.reset();
    not_finite_.reset();
}

void Session::note(Facts facts) {
    if (facts_) return;
    facts_ = std::move(facts);
    case_.failing_call = wrong_call_.value_or(last_call_);
}

bool Session::note_thrown(const std::string& due) {
    if (!thrown_) return false;
    if (!due.empty()) thrown_->values["due"] = due;
    note(*thrown_);
    return true;
}

void Session::note_result(const remote::Request& request, Outcome outcome) {
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

void Session::settle(const remote::Request& request, const std::string& verdict, Facts facts, bool needs_new_worker) {
    case_.verdict = verdict;
    facts.values["function"] = request.function;
    facts.values["shapes"] = request.shapes;
    // What was noted before was an assertion's; the verdict is the graver news.
    facts_ = std::move(facts);
    case_.failing_call = last_call_;
    if (needs_new_worker) stop_worker();
    throw remote::CallFailed(fmt::format("{}: {}", request.function, verdict));
}

static int signal_of(const Exchange& exchange) {
    return WIFSIGNALED(exchange.wait_status) ? WTERMSIG(exchange.wait_status) : 0;
}

/// Repeats the call that gave NaN or an infinity in a worker that dies where it is made: words for the learner,
/// nothing else depends on it.
void Session::find_origin() {
    if (!not_finite_ || !facts_ || !repeats_ || settings_.record) return;
    const bool wants_nan = facts_->kind == "assertion";
    if (facts_->kind != "not_finite" && !(wants_nan && not_finite_->nan)) return;
    std::vector<std::string> command = settings_.worker;
    command.emplace_back(not_finite_->nan ? trap_nan : trap_infinity);
    try {
        WorkerProcess worker(command, settings_.enclosed);
        const Exchange exchange =
            worker.exchange(++calls_, not_finite_->payload, std::chrono::duration<double>(settings_.call_seconds));
        repeats_ = exchange.end != Exchange::End::timed_out;
        if (exchange.end != Exchange::End::died || signal_of(exchange) != SIGFPE) return;
        facts_->values["origin"] = not_finite_->nan ? "nan" : "infinity";
        facts_->addresses = exchange.last_words.addresses;
    } catch (const std::runtime_error&) {
        // Then the message is without it.
    }
}

void Session::settle_death(const remote::Request& request, const Exchange& exchange) {
    const int signal = signal_of(exchange);
    Facts facts{"crash", {}, exchange.last_words.addresses};
    if (signal == SIGSYS) {
        facts.kind = "forbidden";
        facts.values["system_call"] = std::to_string(exchange.last_words.system_call);
        settle(request, "forbidden", facts, true);
    }
    if (signal == SIGXCPU) {
        facts.kind = "cpu_limit";
        settle(request, "timed_out", facts, true);
    }
    if (!exchange.report.empty()) {
        facts.kind = "sanitizer";
        facts.values["report"] = exchange.report;
    } else if (signal != 0) {
        facts.values["signal"] = std::to_string(signal);
        if (exchange.last_words.stack_overflow) facts.kind = "stack_overflow";
    } else {
        facts.kind = "exit";
        facts.values["status"] = std::to_string(WEXITSTATUS(exchange.wait_status));
    }
    settle(request, "crashed", facts, true);
}

void Session::pass_on_exception(const remote::Request& request, const Exchange& exchange) {
    Reader reader{exchange.payload};
    Failure failure;
    walk(failure, reader);
    if (!reader.complete()) reject(request, "it describes an exception in a wrong way");
    failure.type = failure.type.substr(0, longest_message);
    failure.message = failure.message.substr(0, longest_message);
    failure.addresses.resize(std::min(failure.addresses.size(), most_addresses));
    const std::string text = failure.type + ": " + failure.message;
    note_result(request, {{}, failure.invalid_argument ? "std::invalid_argument" : failure.type});
    Facts facts{"exception", {{"type", failure.type}, {"message", failure.message}}, failure.addresses};
    facts.values["function"] = request.function;
    facts.values["shapes"] = request.shapes;
    if (failure.type == "Eigen assertion") facts.kind = "eigen_assertion";
    if (failure.fatal) settle(request, "failed", facts, true);
    thrown_ = facts;
    if (failure.invalid_argument) throw std::invalid_argument(failure.message);
    throw remote::LearnerException(text);
}

void Session::reject(const remote::Request& request, const std::string& complaint) {
    settle(request, "bad_reply", {"bad_reply", {{"complaint", complaint}}, {}}, true);
}

Bytes Session::call(const remote::Request& request) {
    thrown_.reset();
    if (!case_.verdict.empty()) throw remote::CallFailed("the verdict of this test case stands already");
    last_call_ = {last_call_.number + 1, request.function, request.shapes};
    if (timed_out_.contains(request.function)) {
        settle(request, "not_run", {"timed_out_before", {}, {}}, false);
    }
    if (!worker_) {
        worker_ = std::move(spare_);
        spare_ = start_worker();
    }
    // A worker that died at its start has said its last words already: no answer, but a death.
    const bool unasked = worker_->speaks_unasked();
    Exchange exchange =
        worker_->exchange(++calls_, request.payload, std::chrono::duration<double>(settings_.call_seconds));
    if (unasked && exchange.end != Exchange::End::died) reject(request, "it came without a call");
    switch (exchange.end) {
        case Exchange::End::timed_out:
            timed_out_.insert(request.function);
            settle(
                request, "timed_out",
                {"timeout", {{"seconds", fmt::format("{}", settings_.call_seconds)}}, worker_->tell_to_end().addresses},
                true);
        case Exchange::End::bad_reply:
            reject(request, exchange.complaint);
        case Exchange::End::died:
            settle_death(request, exchange);
        case Exchange::End::replied:
            break;
    }
    switch (exchange.kind) {
        case FrameKind::value:
            return std::move(exchange.payload);
        case FrameKind::exception:
            pass_on_exception(request, exchange);
        case FrameKind::out_of_memory:
            settle(request, "out_of_memory", {"out_of_memory", {}, {}}, true);
        case FrameKind::not_implemented: {
            Reader reader{exchange.payload};
            Failure failure;
            walk(failure, reader);
            if (!reader.complete()) reject(request, "it names no function");
            failure.message = failure.message.substr(0, longest_message);
            const bool missing = failure.type == "missing";
            settle(request, "not_implemented", {missing ? "missing" : "todo", {{"todo", failure.message}}, {}}, false);
        }
        default:
            reject(request, "it is of an unknown kind");
    }
}

}  // namespace qkv::testing

namespace qkv::remote {

Bytes call(const Request& request) { return testing::session().call(request); }

void reject(const Request& request) { testing::session().reject(request, "it is not what the function returns"); }

void note_result(const Request& request, std::vector<double> numbers) {
    testing::session().note_result(request, {std::move(numbers), ""});
}

}  // namespace qkv::remote

void qkv::eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error(std::string("in the tests themselves, ") + function + ": " + expression);
}
