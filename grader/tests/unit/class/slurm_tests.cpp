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
