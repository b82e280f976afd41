// Workers that break the protocol: whatever they send, a call ends in time and with the right verdict.
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "harness/worker_process.hpp"

namespace {

using namespace qkv::wire;
using qkv::harness::Exchange;
using qkv::harness::WorkerProcess;
using qkv::record::Complaint;
using End = Exchange::End;
using Steady = std::chrono::steady_clock;

using Seconds = std::chrono::duration<double>;
constexpr Seconds patient(5);  // where an answer is expected, also on a busy machine
constexpr Seconds brief(0.3);  // where none is
constexpr Seconds grace(20);   // a machine may be busy; what these workers do would last for ever

const Bytes request(100, std::byte{7});

struct Hostile : WorkerProcess {
    explicit Hostile(const std::string& mode) : WorkerProcess({QKV_HOSTILE_WORKER, mode}) {}

    /// One call, which must not take longer than it may.
    Exchange call(std::uint64_t number, const Bytes& payload = request, Seconds limit = patient) {
        const auto began = Steady::now();
        Exchange result = exchange(number, payload, limit);
        CHECK(Steady::now() - began < limit + grace);
        return result;
    }
};

void check_bad_reply(const std::string& mode, Complaint complaint) {
    INFO(mode);
    Hostile worker(mode);
    const Exchange exchange = worker.call(1);
    CHECK((exchange.end == End::bad_reply));
    CHECK((exchange.complaint == complaint));
}

void check_timeout(const std::string& mode) {
    INFO(mode);
    Hostile worker(mode);
    CHECK((worker.call(1, request, brief).end == End::timed_out));
    const auto began = Steady::now();
    CHECK(WTERMSIG(worker.stop()) == SIGKILL);
    CHECK(Steady::now() - began < grace);
}

/// Waits until something lies on the channel.
bool soon_speaks(WorkerProcess& worker) {
    for (int i = 0; i < 200 && !worker.speaks_unasked(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return worker.speaks_unasked();
}

/// The most memory that this program ever held, in KiB.
long most_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// Threads that compute, all on one processor, where whoever is started meanwhile stays too.
class Busy {
public:
    explicit Busy(int count) {
        REQUIRE(sched_getaffinity(0, sizeof before_, &before_) == 0);
        cpu_set_t first;
        CPU_ZERO(&first);
        for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&first) == 0; ++i) {
            if (CPU_ISSET(i, &before_)) CPU_SET(i, &first);
        }
        sched_setaffinity(0, sizeof first, &first);
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([this] {
                while (!done_) {
                }
            });
        }
    }
    /// Only this thread leaves.
    void stay_behind() { sched_setaffinity(0, sizeof before_, &before_); }
    ~Busy() {
        done_ = true;
        for (std::thread& one : threads_) one.join();
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

private:
    cpu_set_t before_{};
    std::atomic<bool> done_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("an honest worker's replies arrive whole, also large ones") {
    Hostile worker("serves");
    const Bytes large(std::size_t{5} << 20, std::byte{1});
    for (std::uint64_t number = 1; number < 4; ++number) {
        const Bytes& payload = number == 2 ? large : request;
        const Exchange exchange = worker.call(number, payload);
        REQUIRE((exchange.end == End::replied));
        CHECK((exchange.kind == FrameKind::value));
        CHECK((exchange.payload == payload));
        CHECK_FALSE(worker.speaks_unasked());
    }
    CHECK(worker.call(4, {}).payload.empty());
}

TEST_CASE("a size that is only claimed costs neither memory nor time") {
    const long before = most_memory();
    check_bad_reply("claims_everything", Complaint::too_large);
    check_bad_reply("claims_too_much", Complaint::too_large);
    check_bad_reply("claims_and_leaves", Complaint::cut_short);
    check_timeout("claims_and_stays");
    CHECK(most_memory() - before < 16L * 1024);
}

TEST_CASE("half a frame is a bad reply") {
    check_bad_reply("half_a_header", Complaint::cut_short);
    check_bad_reply("half_a_payload", Complaint::cut_short);
}

TEST_CASE("bytes that are no frame are a bad reply") {
    check_bad_reply("text", Complaint::unknown_format);
    check_bad_reply("floods_with_noise", Complaint::unknown_format);
    check_timeout("short_text");  // it could still become a frame
}

TEST_CASE("a frame that is no reply is a bad reply") {
    check_bad_reply("unknown_kind", Complaint::unknown_kind);
    check_bad_reply("kind_zero", Complaint::unknown_kind);
    check_bad_reply("calls_back", Complaint::unknown_kind);
}

TEST_CASE("a reply to another call is a bad reply") { check_bad_reply("another_call", Complaint::other_call); }

TEST_CASE("a second reply is noticed, and never taken for the next call's") {
    Hostile worker("two_replies");
    CHECK((worker.call(1).end == End::replied));
    CHECK(soon_speaks(worker));
    const Exchange next = worker.call(2);
    CHECK((next.end == End::bad_reply));
    CHECK((next.complaint == Complaint::other_call));
}

TEST_CASE("a reply before any call is noticed, and never taken for one") {
    Hostile worker("speaks_unasked");
    CHECK(soon_speaks(worker));
    CHECK((worker.call(1).end == End::bad_reply));
}

TEST_CASE("a flood of replies ends with the first, and is noticed") {
    Hostile worker("floods_with_values");
    const Exchange first = worker.call(1);
    CHECK((first.end == End::replied));
    CHECK(first.payload.size() == (std::size_t{1} << 20));
    CHECK(soon_speaks(worker));
    CHECK((worker.call(2).end == End::bad_reply));
}

TEST_CASE("silence ends with the time, whether the call was read or not") {
    check_timeout("silent");
    check_timeout("reads_and_is_silent");
    Hostile worker("silent");
    CHECK((worker.call(1, Bytes(std::size_t{32} << 20), brief).end == End::timed_out));
}

TEST_CASE("a worker that stops itself runs out of time, and is ended") {
    check_timeout("stops");
    check_timeout("stops_at_once");
}

TEST_CASE("a reply that comes byte by byte does not get more time") { check_timeout("drips"); }

TEST_CASE("endless last words do not get more time") { check_timeout("floods_with_last_words"); }

TEST_CASE("a closed channel is a bad reply, though the worker lives on") {
    check_bad_reply("closes", Complaint::closed);
}

TEST_CASE("a worker that ends has died, with its own exit status") {
    for (const char* mode : {"exits", "exits_at_once"}) {
        Hostile worker(mode);
        const Exchange exchange = worker.call(1);
        CHECK((exchange.end == End::died));
        CHECK(WIFEXITED(exchange.wait_status));
        CHECK(WEXITSTATUS(exchange.wait_status) == 7);
    }
}

TEST_CASE("a worker that a signal kills has died by that signal") {
    Hostile worker("killed");
    const Exchange exchange = worker.call(1);
    CHECK((exchange.end == End::died));
    CHECK(WIFSIGNALED(exchange.wait_status));
    CHECK(WTERMSIG(exchange.wait_status) == SIGTERM);
}

TEST_CASE("a worker that answers and then ends has answered") {
    Hostile worker("answers_and_leaves");
    CHECK((worker.call(1).end == End::replied));
    CHECK((worker.call(2).end == End::died));
    CHECK((worker.call(3).end == End::died));
}

TEST_CASE("last words are only words: the exit status stays what it is") {
    Hostile worker("forges_last_words");
    const Exchange exchange = worker.call(1);
    CHECK((exchange.end == End::died));
    CHECK(WIFEXITED(exchange.wait_status));
    CHECK(WEXITSTATUS(exchange.wait_status) == 0);
    CHECK(exchange.last_words.signal == SIGSEGV);
    CHECK(exchange.last_words.stack_overflow);
}

TEST_CASE("a sanitizer's report is only words too, and not without end") {
    Hostile worker("forges_a_report");
    const Exchange exchange = worker.call(1);
    CHECK((exchange.end == End::died));
    CHECK(WEXITSTATUS(exchange.wait_status) == 0);
    CHECK(exchange.report == std::string(longest_report, 'x'));
}

TEST_CASE("what a worker prints is read once, and not without end") {
    Hostile worker("prints");
    CHECK((worker.call(1).end == End::died));
    const std::string printed = worker.take_output();
    CHECK(printed.starts_with("firstxxx"));
    CHECK(printed.size() == 65536);
    CHECK(worker.take_output().empty());
}

TEST_CASE("a busy machine takes no call's time: computing counts, and rest does not earn more") {
    // The worker gets a fifth of a processor.
    Busy others(4);
    Hostile honest("computes"), endless("computes_for_ever"), resting("reads_and_is_silent");
    others.stay_behind();
    // Beside other tests it may get next to nothing: that would be the machine's fault, never its own.
    const auto is = [](End end, const Exchange& exchange) {
        return exchange.end == end || (exchange.end == End::by_machine && exchange.starved);
    };
    CHECK(is(End::replied, honest.exchange(1, request, brief)));
    const auto began = Steady::now();
    CHECK(is(End::timed_out, endless.exchange(1, request, brief)));
    CHECK(Steady::now() - began <= 10 * brief + grace);
    CHECK((resting.call(1, request, brief).end == End::timed_out));
}

TEST_CASE("who wants to compute and is not let has not failed: the machine is too busy") {
    Busy others(30);
    Hostile endless("computes_for_ever");
    others.stay_behind();
    const Exchange exchange = endless.exchange(1, request, brief);
    CHECK((exchange.end == End::by_machine));
    CHECK(exchange.starved);
}

TEST_CASE("who is killed by the system, or never begins, has not failed") {
    Hostile worker("killed_by_system");
    CHECK((worker.call(1).end == End::by_machine));
    // As confine ends when the walls cannot be set up, and as it ends when a wall before it is killed.
    for (const char* command : {"exit 120", "kill -9 $$", "exit 0"}) {
        WorkerProcess never({"/bin/sh", "-c", command}, false, true);
        CHECK_FALSE(never.speaks_unasked());
        CHECK((never.exchange(1, request, patient).end == End::by_machine));
    }
}

TEST_CASE("a worker that cannot be started is no worker's fault") {
    CHECK_THROWS_AS(WorkerProcess({"/nowhere/worker"}), std::runtime_error);
}

TEST_CASE("a worker told to end may speak or not, but nobody waits long for it") {
    for (const char* mode : {"reads_and_is_silent", "stops", "drips", "floods_with_last_words", "forges_last_words"}) {
        INFO(mode);
        Hostile worker(mode);
        worker.call(1, request, brief);
        const auto began = Steady::now();
        CHECK(worker.tell_to_end().addresses.empty());
        CHECK(Steady::now() - began < patient);  // the hostile worker itself would go on for 20 s
    }
}
