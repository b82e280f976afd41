// Where a learner's file is found, and what is no file that can be graded.
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "harness/catch2.hpp"
#include "model/submission.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;

Exercise alpha() {
    Exercise exercise;
    exercise.id = "alpha";
    exercise.limits.source_kilobytes = 2;
    return exercise;
}

SourceFile found_in(const Scratch& scratch) { return find_source(scratch.path(), alpha()).value(); }

using Kind = BuildFault::Kind;

}  // namespace

TEST_CASE("a file is found at the top of the folder, or in the exercise's own") {
    const Scratch scratch;
    CHECK_FALSE(find_source(scratch.path(), alpha()).has_value());
    const auto nested = scratch.write("alpha/alpha.cpp", "nested");
    CHECK(found_in(scratch).text == "nested");
    CHECK(found_in(scratch).path == nested);
    CHECK_FALSE(found_in(scratch).fault);
    const auto top = scratch.write("alpha.cpp", "top");
    CHECK(found_in(scratch).text == "top");
    CHECK(found_in(scratch).path == top);
}

TEST_CASE("another exercise's file is not taken") {
    const Scratch scratch;
    scratch.write("beta.cpp", "");
    scratch.write("beta/alpha.cpp", "");
    CHECK_FALSE(find_source(scratch.path(), alpha()).has_value());
    CHECK_FALSE(find_source(scratch.path() / "nowhere", alpha()).has_value());
}

TEST_CASE("a file is read byte for byte, up to the limit") {
    const Scratch scratch;
    const std::string bytes("a\0\xff\r\n", 5);
    scratch.write("alpha.cpp", bytes);
    CHECK(found_in(scratch).text == bytes);
    scratch.write("alpha.cpp", std::string(2048, 'x'));
    CHECK(found_in(scratch).text.size() == 2048);
    CHECK_FALSE(found_in(scratch).fault);
}

TEST_CASE("a file above the limit is not read") {
    const Scratch scratch;
    scratch.write("alpha.cpp", std::string(2049, 'x'));
    CHECK((found_in(scratch).fault.kind == Kind::file_too_large));
    CHECK(found_in(scratch).fault.limit == 2);
    CHECK(found_in(scratch).text.empty());
    // A file of holes takes no room on the disk and would fill the memory.
    std::filesystem::resize_file(scratch.path() / "alpha.cpp", std::uintmax_t{1} << 40);
    CHECK((found_in(scratch).fault.kind == Kind::file_too_large));
    CHECK(found_in(scratch).fault.limit == 2);
}

TEST_CASE("a link is not followed, wherever it leads") {
    const Scratch scratch;
    scratch.write("real.cpp", "text");
    std::filesystem::create_symlink("real.cpp", scratch.path() / "alpha.cpp");
    CHECK((found_in(scratch).fault.kind == Kind::no_plain_file));
    CHECK(found_in(scratch).text.empty());
    std::filesystem::remove(scratch.path() / "alpha.cpp");
    std::filesystem::create_symlink("nowhere", scratch.path() / "alpha.cpp");
    CHECK((found_in(scratch).fault.kind == Kind::no_plain_file));
}

TEST_CASE("a fifo, a folder and a device are refused at once") {
    const Scratch scratch;
    REQUIRE(mkfifo((scratch.path() / "alpha.cpp").c_str(), 0600) == 0);
    CHECK((found_in(scratch).fault.kind == Kind::no_plain_file));
    std::filesystem::remove(scratch.path() / "alpha.cpp");
    std::filesystem::create_directory(scratch.path() / "alpha.cpp");
    CHECK((found_in(scratch).fault.kind == Kind::no_plain_file));
    CHECK((read_source("/dev/zero", alpha()).fault.kind == Kind::no_plain_file));
}

TEST_CASE("what the machine cannot open is the machine's fault, not the file's") {
    const Scratch scratch;
    scratch.write("alpha.cpp", "text");
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    std::string words;
    try {
        words = "read: " + found_in(scratch).text;
    } catch (const Failure& failure) {
        words = failure.status == kit_fault ? failure.what() : "another status";
    }
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(words.find("cannot be read: Too many open files") != std::string::npos);
    CHECK(found_in(scratch).text == "text");
}
