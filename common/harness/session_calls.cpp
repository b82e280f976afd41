// How a session asks a worker, and what becomes of the test case when no proper answer comes.
#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>

#include "harness/session.hpp"

namespace qkv::harness {

void Session::settle(const Request& request, Verdict verdict, Facts facts, bool needs_new_worker) {
    case_.verdict = verdict;
    facts.function = request.function;
    facts.shapes = request.shapes;
    // What was noted before was an assertion's; the verdict is the graver news.
    facts_ = std::move(facts);
    case_.failing_call = last_call_;
    if (needs_new_worker) stop_worker();
    throw CallFailed(fmt::format("{}: {}", request.function, name_of(verdict)));
}

static int signal_of(const Exchange& exchange) {
    return WIFSIGNALED(exchange.wait_status) ? WTERMSIG(exchange.wait_status) : 0;
}

/// Repeats the call that gave NaN or an infinity in a worker that dies where it is made: words for the learner,
/// nothing else depends on it.
void Session::find_origin() {
    if (!not_finite_ || !facts_ || !repeats_ || settings_.record) return;
    const bool wants_nan = facts_->fault == Fault::assertion || facts_->fault == Fault::other_value;
    if (facts_->fault != Fault::not_finite && !(wants_nan && not_finite_->nan)) return;
    std::vector<std::string> command = settings_.worker;
    command.emplace_back(not_finite_->nan ? trap_nan : trap_infinity);
    try {
        WorkerProcess worker(command, settings_.enclosed, true);
        const Exchange exchange =
            worker.exchange(++calls_, not_finite_->payload, std::chrono::duration<double>(settings_.call_seconds));
        repeats_ = exchange.end != Exchange::End::timed_out;
        if (exchange.end != Exchange::End::died || signal_of(exchange) != SIGFPE) return;
        facts_->origin = not_finite_->nan ? Origin::nan : Origin::infinity;
        facts_->addresses = exchange.last_words.addresses;
    } catch (const std::runtime_error&) {
        // Then the message is without it.
    }
}

static std::string ended_words(int status) {
    return WIFSIGNALED(status) ? fmt::format("killed by signal {}", WTERMSIG(status))
                               : fmt::format("exit status {}", WEXITSTATUS(status));
}

void Session::settle_death(const Request& request, const Exchange& exchange) {
    const int signal = signal_of(exchange);
    Facts facts{.fault = Fault::crash, .signal = signal, .addresses = exchange.last_words.addresses};
    if (signal == SIGSYS) {
        facts.fault = Fault::forbidden;
        facts.system_call = exchange.last_words.system_call;
        settle(request, Verdict::forbidden, facts, true);
    }
    if (signal == SIGXCPU) {
        facts.fault = Fault::cpu_limit;
        settle(request, Verdict::timed_out, facts, true);
    }
    if (!exchange.report.empty()) {
        facts.fault = Fault::sanitizer;
        facts.report = exchange.report;
    } else if (signal == 0) {
        facts.fault = Fault::exit;
        facts.exit_status = WEXITSTATUS(exchange.wait_status);
    } else if (exchange.last_words.stack_overflow) {
        facts.fault = Fault::stack_overflow;
    }
    settle(request, Verdict::crashed, facts, true);
}

void Session::pass_on_exception(const Request& request, const Exchange& exchange) {
    Reader reader{exchange.payload};
    Thrown thrown;
    walk(thrown, reader);
    if (!reader.complete()) reject(request, Complaint::bad_exception);
    thrown.type = thrown.type.substr(0, longest_message);
    thrown.message = thrown.message.substr(0, longest_message);
    thrown.addresses.resize(std::min(thrown.addresses.size(), most_addresses));
    const std::string text = thrown.type + ": " + thrown.message;
    note_result(request, {{}, thrown.invalid_argument ? "std::invalid_argument" : thrown.type});
    Facts facts{.fault = thrown.type == "Eigen assertion" ? Fault::eigen_assertion : Fault::exception,
                .function = request.function,
                .shapes = request.shapes,
                .type = thrown.type,
                .message = thrown.message,
                .addresses = thrown.addresses};
    if (thrown.fatal) settle(request, Verdict::failed, facts, true);
    thrown_ = facts;
    if (thrown.invalid_argument) throw std::invalid_argument(thrown.message);
    throw LearnerException(text);
}

void Session::reject(const Request& request, Complaint complaint) {
    settle(request, Verdict::bad_reply, {.fault = Fault::bad_reply, .complaint = complaint}, true);
}

void Session::reject_mask(const Request& request) {
    settle(request, Verdict::failed, {.fault = Fault::mask_never_set}, false);
}

/// Why the machine could not run the worker.
static std::string words_for(const Exchange& exchange, const std::string& printed) {
    const std::string why =
        exchange.lessened  ? "a limit of this shell, see ulimit -Ha, or the memory that this system grants is lower "
                             "than the exercise's"
        : exchange.starved ? "it is so busy that a call had no time to compute"
                           : "worker: " + ended_words(exchange.wait_status);
    return printed.empty() ? why : why + "; it printed: " + printed;
}

Bytes Session::call(const Request& request) {
    thrown_.reset();
    if (case_.verdict != Verdict::none) throw CallFailed("the verdict of this test case stands already");
    last_call_ = {last_call_.number + 1, request.function, request.shapes};
    if (timed_out_.contains(request.function)) {
        settle(request, Verdict::not_run, {.fault = Fault::timed_out_before}, false);
    }
    if (!worker_) {
        worker_ = std::move(spare_);
        spare_ = start_worker();
    }
    // A worker that died at its start has said its last words already: no answer, but a death.
    const bool unasked = worker_->speaks_unasked();
    Exchange exchange =
        worker_->exchange(++calls_, request.payload, std::chrono::duration<double>(settings_.call_seconds));
    if (unasked && exchange.end != Exchange::End::died) reject(request, Complaint::unasked);
    switch (exchange.end) {
        case Exchange::End::timed_out:
            timed_out_.insert(request.function);
            settle(request, Verdict::timed_out,
                   {.fault = Fault::timeout,
                    .seconds = settings_.call_seconds,
                    .addresses = worker_->tell_to_end().addresses},
                   true);
        case Exchange::End::bad_reply:
            reject(request, exchange.complaint);
        case Exchange::End::died:
            settle_death(request, exchange);
        case Exchange::End::by_machine:
            stop_for_machine(words_for(exchange, worker_->take_output()));
        case Exchange::End::replied:
            break;
    }
    switch (exchange.kind) {
        case FrameKind::value:
            return std::move(exchange.payload);
        case FrameKind::exception:
            pass_on_exception(request, exchange);
        case FrameKind::out_of_memory:
            settle(request, Verdict::out_of_memory, {.fault = Fault::out_of_memory}, true);
        case FrameKind::not_implemented: {
            Reader reader{exchange.payload};
            Thrown thrown;
            walk(thrown, reader);
            if (!reader.complete()) reject(request, Complaint::no_function);
            settle(request, Verdict::not_implemented,
                   {.fault = thrown.type == "missing" ? Fault::missing : Fault::todo,
                    .todo = thrown.message.substr(0, longest_message)},
                   false);
        }
        default:
            reject(request, Complaint::unknown_kind);
    }
}

}  // namespace qkv::harness
