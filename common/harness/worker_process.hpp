// One worker as the tests see it: a process that answers frames, or dies, or stays silent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "record/case_report.hpp"
#include "wire/codec.hpp"
#include "wire/frame.hpp"

namespace qkv::harness {

using namespace wire;

/// What came of one call.
struct Exchange {
    enum class End { replied, died, timed_out, bad_reply, by_machine };
    End end = End::died;                ///< by_machine: it never began, or the system killed it
    FrameKind kind = FrameKind::value;  ///< of the reply
    Bytes payload;                      ///< of the reply
    record::Complaint complaint{};      ///< what was wrong with a bad reply
    int wait_status = 0;                ///< as waitpid gives it, when it died
    LastWords last_words;               ///< when it died and could still speak
    std::string report;                 ///< of a sanitizer, when it died of one
    bool lessened = false;              ///< by_machine, as a limit from outside is lower than the exercise's
    bool starved = false;               ///< by_machine, which was too busy with others
};

class WorkerProcess {
public:
    /// Starts `argv`. Throws std::runtime_error if that is impossible: a fault of the kit.
    /// `enclosed`: other processes stand between; the status tells a signal as 128 + signal. `confined`: confine says
    /// when the walls stand.
    explicit WorkerProcess(const std::vector<std::string>& argv, bool enclosed = false, bool confined = false);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Sends a call and waits for its answer until the worker has computed for `limit`, or rests when so much time has
    /// passed, or is still not served by a busy machine after ten times as much.
    Exchange exchange(std::uint64_t call, const Bytes& request, std::chrono::duration<double> limit);

    /// For a worker that does not answer: tells it to end, and waits a moment for its last words.
    LastWords tell_to_end();

    /// Bytes are waiting although nothing was asked.
    bool speaks_unasked();

    /// What the worker printed since the last time, at most 64 KiB of it.
    std::string take_output();

    /// Ends the process, if it still runs, and returns its wait status.
    int stop();

private:
    using Clock = std::chrono::steady_clock;

    /// How long a call may still take.
    struct Patience {
        Clock::time_point until;  ///< then it is looked at again ...
        Clock::time_point end;    ///< ... but not after this
        double computed = 0;      ///< by the worker before the call, in seconds
        double limit = 0;         ///< of computing
        bool starved = false;     ///< at the end it still wanted to compute, and had not been let for its time
    };
    bool is_over(Patience& patience) const;
    bool wait_for(short events, Patience& patience) const;
    Exchange::End send(std::span<const std::byte> bytes, Patience& patience) const;
    Exchange::End receive(std::span<std::byte> bytes, Patience& patience) const;
    Exchange receive_reply(std::uint64_t call, Patience& patience);
    bool has_begun();
    void await_end();
    pid_t worker() const;

    int process_ = -1;
    std::optional<clockid_t> clock_;  ///< of the worker's computing, once it has answered
    bool enclosed_ = false;
    bool awaited_ = false;   ///< that it begins
    bool lessened_ = false;  ///< it may use less than the exercise promises
    int channel_ = -1;
    int output_ = -1;
    std::int64_t output_read_ = 0;
    std::optional<int> wait_status_;
};

}  // namespace qkv::harness
