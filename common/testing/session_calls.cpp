// How a session asks a worker, and what becomes of the test case when no proper answer comes.
#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>

#include "testing/session.hpp"

namespace qkv::testing {

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
    const bool wants_nan = facts_->kind == "assertion" || facts_->kind == "other_value";
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

void Session::reject_mask(const remote::Request& request) {
    settle(request, "failed", {"mask_never_set", {}, {}}, false);
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
