// Back to the stub: the learner's version is kept, whatever stands in the way.
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <set>
#include <string>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/files.hpp"
#include "commands/stubs.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace qkv::grader;
using qkv::tests::Scratch;

/// A kit with the one exercise `counting`.
struct Place {
    Scratch scratch;
    Exercise exercise;
    fs::path file, kept;

    Place() {
        exercise.id = "counting";
        exercise.folder = scratch.path() / "exercises" / "counting";
        file = exercise.folder / "counting.cpp";
        kept = scratch.path() / ".qkv" / "kept";
        scratch.write("exercises/counting/stub.cpp", "the stub\n");
    }
    void write_mine(const std::string& text) const { scratch.write("exercises/counting/counting.cpp", text); }
    Reset reset(std::time_t now = 1'700'000'000) const { return put_stub_back(exercise, kept, now); }
};

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
    return names;
}

/// Refused in one line with status 2.
void check_refused(const Place& place) {
    try {
        place.reset();
        FAIL("not refused");
    } catch (const Failure& failure) {
        INFO(failure.what());
        CHECK(failure.status == wrong_usage);
        CHECK(std::string(failure.what()).find('\n') == std::string::npos);
    }
    for (const std::string& name : names_in(place.exercise.folder)) CHECK_FALSE(name.ends_with(".new"));
}

}  // namespace

TEST_CASE("the stub is back and the learner's version is kept, with its time in its name") {
    const Place place;
    place.write_mine("my work\n");
    const Reset reset = place.reset();
    CHECK_FALSE(reset.was_stub);
    CHECK(read_file(place.file) == "the stub\n");
    CHECK(read_file(reset.kept) == "my work\n");
    CHECK(reset.kept.parent_path() == place.kept);
    CHECK(reset.kept.filename().string().starts_with(
        "counting-2023-11-1"));  // where it is still the 14th or already the 15th
    CHECK(names_in(place.exercise.folder) == std::set<std::string>{"counting.cpp", "stub.cpp"});
    CHECK((fs::status(place.file).permissions() & fs::perms::owner_write) != fs::perms::none);
}

TEST_CASE("writing into the stub afterwards leaves the kept version alone") {
    const Place place;
    place.write_mine("my work\n");
    const Reset reset = place.reset();
    place.write_mine("begun anew\n");
    CHECK(read_file(reset.kept) == "my work\n");
    CHECK(read_file(place.exercise.folder / "stub.cpp") == "the stub\n");
}

TEST_CASE("versions of the same second do not overwrite each other") {
    const Place place;
    std::set<std::string> texts;
    for (const char* text : {"one", "two", "three"}) {
        place.write_mine(text);
        texts.insert(read_file(place.reset().kept));
    }
    CHECK(texts == std::set<std::string>{"one", "two", "three"});
    CHECK(names_in(place.kept).size() == 3);
}

TEST_CASE("what is the stub already is left alone") {
    const Place place;
    place.write_mine("the stub\n");
    const Reset reset = place.reset();
    CHECK(reset.was_stub);
    CHECK(reset.kept.empty());
    CHECK_FALSE(fs::exists(place.kept));
}

TEST_CASE("a file that is missing is put back") {
    const Place place;
    const Reset reset = place.reset();
    CHECK_FALSE(reset.was_stub);
    CHECK(reset.kept.empty());
    CHECK(read_file(place.file) == "the stub\n");
}

TEST_CASE("what is no regular file is refused and stays") {
    const Place place;
    const fs::path target = place.scratch.write("elsewhere.cpp", "my work");
    fs::create_symlink(target, place.file);
    check_refused(place);
    CHECK(fs::is_symlink(place.file));
    CHECK(read_file(target) == "my work");
    fs::remove(place.file);
    fs::create_directory(place.file);
    check_refused(place);
    CHECK(fs::is_directory(place.file));
    fs::remove(place.file);
    REQUIRE(mkfifo(place.file.c_str(), 0600) == 0);
    check_refused(place);
}

TEST_CASE("where the learner's version cannot be kept, nothing is changed") {
    const Place place;
    place.write_mine("my work");
    place.scratch.write(".qkv", "a file, no folder");
    check_refused(place);
    CHECK(read_file(place.file) == "my work");
}

TEST_CASE("where the stub cannot be put back, the learner's version stays") {
    const Place place;
    place.write_mine("my work");
    if (geteuid() == 0) return;  // root writes everywhere
    fs::permissions(place.exercise.folder, fs::perms::owner_read | fs::perms::owner_exec);
    check_refused(place);
    CHECK(read_file(place.file) == "my work");
    fs::permissions(place.exercise.folder, fs::perms::owner_all);
}

TEST_CASE("a kit without its stub is a fault of the kit") {
    const Place place;
    place.write_mine("my work");
    fs::remove(place.exercise.folder / "stub.cpp");
    try {
        place.reset();
        FAIL("not refused");
    } catch (const Failure& failure) {
        CHECK(failure.status == kit_fault);
    }
    CHECK(read_file(place.file) == "my work");
}
