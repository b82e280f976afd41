// Work in a child process: what it says, how it ends, and that giving it up leaves nothing behind.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/process.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"
#include "watch/job.hpp"

using namespace qkv::grader;

namespace {

struct Outcome {
    int status = -2;
    std::string said;
    std::vector<std::string> events;
};

Outcome finish(Job job) {
    Outcome outcome;
    while (true) {
        std::array<pollfd, 2> entries = {{{job.output, POLLIN, 0}, {job.events, POLLIN, 0}}};
        poll(entries.data(), entries.size(), 100);
        if (attend(
                job, [&](const std::string& line) { outcome.events.push_back(line); }, outcome.status))
            break;
    }
    outcome.said = job.said;
    return outcome;
}

}  // namespace

TEST_CASE("a job says, tells and returns") {
    const Outcome outcome = finish(start_job(Language::en, [](int events) {
        dprintf(events, "one 1\ntwo 0\n");
        std::printf("a report\n");
        return 1;
    }));
    CHECK(outcome.status == 1);
    CHECK(outcome.said == "a report\n");
    CHECK(outcome.events == std::vector<std::string>{"one 1", "two 0"});
}

TEST_CASE("a job's failure is its sentence and status") {
    for (const LanguageEntry& entry : languages) {
        const auto fail = [](int) -> int { throw Failure(wrong_usage, Text{"no such thing", "没有这个"}); };
        const Outcome outcome = finish(start_job(entry.language, fail));
        CHECK(outcome.status == wrong_usage);
        CHECK(outcome.said == Text{"no such thing\n", "没有这个\n"}.in(entry.language));
    }
}

TEST_CASE("a job that is given up leaves no process behind, not even a grandchild") {
    Job job = start_job(Language::en, [](int events) {
        Command command;
        command.arguments = {"/bin/sh", "-c", "(sleep 1000 & echo $! >&3; wait) & wait"};
        command.on_line = [&](const std::string& line) { dprintf(events, "%s\n", line.c_str()); };
        run(command);
        return 0;
    });
    pid_t grandchild = 0;
    int status = 0;
    while (grandchild == 0) {
        pollfd entry{job.events, POLLIN, 0};
        poll(&entry, 1, 1000);
        REQUIRE_FALSE(attend(
            job, [&](const std::string& line) { grandchild = std::stoi(line); }, status));
    }
    CHECK(kill(grandchild, 0) == 0);
    give_up(job);
    CHECK(!job.running());
    CHECK(kill(grandchild, 0) != 0);
}
