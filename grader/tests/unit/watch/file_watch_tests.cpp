// FileWatch: written in place, renamed into place, and folders that come back.
#include <filesystem>
#include <fstream>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"
#include "watch/file_watch.hpp"

namespace fs = std::filesystem;
using qkv::grader::FileWatch;

TEST_CASE("a file is saved when it is written or another is renamed onto it; others do not count") {
    const qkv::tests::Scratch scratch;
    const fs::path file = scratch.path() / "counting.cpp";
    std::ofstream(file) << "1";
    FileWatch saves({file});
    CHECK(saves.read().empty());
    std::ofstream(file) << "2";
    CHECK(saves.read() == std::set<fs::path>{file});
    std::ofstream(scratch.path() / "aside") << "3";
    CHECK(saves.read().empty());
    fs::rename(scratch.path() / "aside", file);
    CHECK(saves.read() == std::set<fs::path>{file});
    std::ifstream(file).get();
    CHECK(saves.read().empty());
}

TEST_CASE("a folder that was removed is watched again once it is back") {
    const qkv::tests::Scratch scratch;
    const fs::path folder = scratch.path() / "counting";
    fs::create_directory(folder);
    FileWatch saves({folder / "counting.cpp"});
    fs::remove_all(folder);
    CHECK(saves.read().empty());
    CHECK(!saves.complete());
    CHECK(!saves.renew());
    fs::create_directory(folder);
    CHECK(saves.renew());
    CHECK(saves.complete());
    std::ofstream(folder / "counting.cpp") << "1";
    CHECK(saves.read().size() == 1);
}

TEST_CASE("a folder that is not there is one sentence") {
    CHECK_THROWS_AS(FileWatch({"/no/such/folder/file.cpp"}), qkv::grader::Failure);
}
