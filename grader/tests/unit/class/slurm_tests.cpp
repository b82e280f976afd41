#include "class/engines/slurm.hpp"

#include "harness/catch2.hpp"

using namespace qkv::grader;

TEST_CASE("of a queue the jobs of one class are read") {
    const auto jobs = read_queue(
        "qkv-0a-1|PENDING|12|Resources\nqkv-0a-1|RUNNING|12|None\nother|RUNNING|3|None\nqkv-0a-1-gather|PENDING|13|"
        "Dependency\n"
        "qkv-0a-|\n",
        "qkv-0a-");
    REQUIRE(jobs.size() == 3);
    CHECK(jobs[0].reason == "Resources");
    CHECK(jobs[1].state == "RUNNING");
    CHECK(jobs[2].name == "qkv-0a-1-gather");
    CHECK(jobs[2].id == "13");
}

TEST_CASE("what Slurm holds back since it could not be launched is released, and nothing else") {
    const auto jobs = read_queue(
        "qkv-0a-1|PENDING|12|launch failed requeued held\nqkv-0a-1|PENDING|12|launch failed requeued held\n"
        "qkv-0a-2|PENDING|14|JobHeldUser\nqkv-0a-2|RUNNING|15|None\nqkv-0a-3|PENDING|16|launch_failed_requeued_held\n",
        "qkv-0a-");
    CHECK(held_since_launch(jobs) == std::vector<std::string>{"12", "16"});
}
