// One run of a tests program: which worker is asked, what became of the current test case.
// A verdict that a call brought about sticks: nothing the test case does afterwards can change it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/remote_function.hpp"
#include "harness/worker_process.hpp"
#include "record/case_report.hpp"
#include "record/recorded.hpp"
#include "record/run_settings.hpp"

namespace qkv::harness {

using namespace record;

/// The first call of a test case whose value held NaN, else the first that held an infinity.
struct NotFinite {
    Bytes payload;
    bool nan = false;
};

/// Ends the program: nothing that it found so far counts.
[[noreturn]] void stop_for_machine(const std::string& why);

class Session {
public:
    Session(RunSettings settings, const std::string& recorded_file);

    const RunSettings& settings() const { return settings_; }

    /// A test case begins. A new part gets a new worker.
    void begin_case(const std::string& name_en, const std::string& name_zh, const std::vector<std::string>& tags);

    /// It ended; Catch2 says whether its assertions held and how many there were.
    void end_case(bool assertions_held, bool any_assertion);

    /// Tells the driver which test cases there are, so that one that never ran is noticed.
    void begin_run(const std::vector<PlannedCase>& plan);
    void end_run();

    /// Notes why an assertion did not hold; the first in a test case is the one that is told.
    void note(Facts facts);

    /// An assertion failed because the last call threw. `due` is the exception it asked for, if any, and
    /// `misfit` why. False if the last call threw nothing.
    bool note_thrown(const std::string& due, const Misfit& misfit);

    Bytes call(const Request& request);
    void note_result(const Request& request, Outcome outcome);
    [[noreturn]] void reject(const Request& request, Complaint complaint);
    [[noreturn]] void reject_mask(const Request& request);

    /// For comparisons, which call again and again within one test case: what became of the last call
    /// shall not decide the next, unless it is not worth another try.
    void forget_call();

    /// The function took too long or is not written: it is not called again.
    bool gave_up() const;
    void note_picture(Picture picture) { case_.pictures.push_back(std::move(picture)); }
    void note_input() { case_.took_input = true; }
    void note_smallest(SmallestCase smallest) { case_.smallest = std::move(smallest); }

private:
    [[noreturn]] void settle(const Request& request, Verdict verdict, Facts facts, bool needs_new_worker);
    [[noreturn]] void settle_death(const Request& request, const Exchange& exchange);
    [[noreturn]] void pass_on_exception(const Request& request, const Exchange& exchange);
    void stop_worker();
    void find_origin();
    std::unique_ptr<WorkerProcess> start_worker() const;
    void write_line(const std::string& text) const;

    RunSettings settings_;
    RecordedOutputs recorded_;
    std::unique_ptr<WorkerProcess> worker_;
    std::unique_ptr<WorkerProcess> spare_;  ///< starts while the tests or the last worker compute
    std::string part_;
    std::uint64_t calls_ = 0;
    std::set<std::string> timed_out_;

    CaseReport case_;
    FailingCall last_call_;                  ///< of the test case
    std::optional<FailingCall> wrong_call_;  ///< the first that is known to be wrong
    std::optional<Facts> facts_;
    std::optional<Facts> thrown_;  ///< by the last call
    std::optional<NotFinite> not_finite_;
    bool repeats_ = true;               ///< calls that gave NaN; no more once one took too long
    std::set<std::string> error_only_;  ///< mutants that are wrong only where an error is due
    std::chrono::steady_clock::time_point began_;
};

/// QKV_RUN, or else the file that the driver left at the last grading. Throws std::runtime_error
/// with a sentence for a person if there is neither.
RunSettings current_settings();

/// The session of this program. Catch2 gives tests no other way to reach it.
Session& session();

}  // namespace qkv::harness
