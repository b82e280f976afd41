// Caches: oldest first, never what somebody holds.
#include <chrono>
#include <filesystem>
#include <string>

#include "qkv/matrix.hpp"

#include "base/files.hpp"
#include "build/cache.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;
namespace fs = std::filesystem;

/// Four folders of 100 bytes each, a minute apart; `first` is the oldest.
void fill(const fs::path& cache) {
    int minutes = 60;
    for (const char* name : {"first", "second", "third", "fourth"}) {
        fs::create_directories(cache / name);
        write_file(cache / name / "object.o", std::string(100, 'x'));
        fs::last_write_time(cache / name, fs::file_time_type::clock::now() - std::chrono::minutes(minutes--));
    }
}

std::string left_in(const fs::path& cache) {
    std::string names;
    for (const char* name : {"first", "second", "third", "fourth"}) {
        if (fs::exists(cache / name / "object.o")) names += std::string(name) + " ";
    }
    return names;
}

}  // namespace

TEST_CASE("a cache is bounded by bytes: the oldest go until two thirds are left") {
    const Scratch scratch;
    fill(scratch.path());
    forget_old(scratch.path(), 400);
    CHECK(left_in(scratch.path()) == "first second third fourth ");
    forget_old(scratch.path(), 399);
    CHECK(left_in(scratch.path()) == "third fourth ");
}

TEST_CASE("what is held stays, however old it is, and goes when nobody holds it") {
    const Scratch scratch;
    fill(scratch.path());
    {
        const auto held = hold(scratch.path() / "first"), again = hold(scratch.path() / "first");
        REQUIRE(held != nullptr);
        forget_old(scratch.path(), 150);
        CHECK(left_in(scratch.path()) == "first ");
    }
    forget_old(scratch.path(), 50);
    CHECK(left_in(scratch.path()).empty());
    CHECK(hold(scratch.path() / "first") == nullptr);
    CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("what is published is held by who published it") {
    const Scratch scratch;
    const auto make = [](const fs::path& folder) {
        write_file(folder / "object.o", std::string(100, 'x'));
        return true;
    };
    auto kept = publish(scratch.path(), "key", make);
    REQUIRE(kept);
    forget_old(scratch.path(), 10);
    CHECK(fs::exists(kept->folder / "object.o"));
    kept.reset();
    forget_old(scratch.path(), 10);
    CHECK_FALSE(find_built(scratch.path(), "key"));
}
