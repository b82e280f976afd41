// Caches: oldest first, never what somebody holds.
#include <sys/resource.h>

#include <chrono>
#include <csignal>
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

TEST_CASE("room is what can be had, not what the file system has free") {
    const Scratch scratch;
    CHECK(has_room(scratch.path(), 1 << 20));
    CHECK(fs::is_empty(scratch.path()));
    CHECK_FALSE(has_room(scratch.path() / "nowhere", 1));
    // A limit of this process stands for a quota: the disk has the room, and we do not get it.
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit less{1000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &less);
    const bool fits = has_room(scratch.path(), 1 << 20);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK_FALSE(fits);
    CHECK(fs::is_empty(scratch.path()));
}

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

TEST_CASE("what was added is counted, and the folder is looked at once it may be too full") {
    const Scratch scratch;
    const fs::path cache = scratch.path() / "cache";
    fill(cache);
    keep_below(cache, 500, 100);  // nobody has counted yet: it looks, and finds 400
    CHECK(read_file(scratch.path() / "cache.bytes") == "400");
    keep_below(cache, 500, 99);
    CHECK(left_in(cache) == "first second third fourth ");
    CHECK(read_file(scratch.path() / "cache.bytes") == "499");
    keep_below(cache, 500, 2);  // 501 if nothing had been removed: it looks again
    CHECK(read_file(scratch.path() / "cache.bytes") == "400");
    keep_below(cache, 399, 0);
    CHECK(left_in(cache) == "third fourth ");
    for (const char* nonsense : {"", "x", "99999999999999999999999", "18446744073709551615"}) {
        INFO(nonsense);
        write_file(scratch.path() / "cache.bytes", nonsense);
        keep_below(cache, 500, 100);
        CHECK(read_file(scratch.path() / "cache.bytes") == "200");
    }
}

TEST_CASE("whatever is published counts, not only what is linked") {
    const Scratch scratch;
    const fs::path cache = scratch.path() / "cache";
    fs::create_directories(cache);
    write_file(scratch.path() / "cache.bytes", std::to_string(std::uintmax_t{400} << 20));
    fill(cache);
    publish(cache, "key", [](const fs::path& folder) {
        write_file(folder / "object.o", std::string(100, 'x'));
        return true;
    });
    CHECK(read_file(scratch.path() / "cache.bytes") == "503");  // the walk: four of 100, one of 100 and its key of 3
}

TEST_CASE("what is published is held by who published it") {
    const Scratch scratch;
    const fs::path cache = scratch.path() / "cache";
    const auto make = [](const fs::path& folder) {
        write_file(folder / "object.o", std::string(100, 'x'));
        return true;
    };
    auto kept = publish(cache, "key", make);
    REQUIRE(kept);
    forget_old(cache, 10);
    CHECK(fs::exists(kept->folder / "object.o"));
    kept.reset();
    forget_old(cache, 10);
    CHECK_FALSE(find_built(cache, "key"));
}
