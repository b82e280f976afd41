// A class is graded: interrupted, again, by two at once, on machines and with files that fail.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "a_class.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

TEST_CASE("an interrupted class goes on where it stopped, and a changed file alone is graded again") {
    const Class some;
    for (int i = 0; i < 6; ++i)
        some.hand_in("s" + std::to_string(i) + ".cpp", wrong_text + "// " + std::to_string(i) + "\n");
    CHECK(says(some.grade().text, "6 attempts newly"));
    const std::string book = some.out("gradebook.csv");
    CHECK(says(some.grade().text, "0 attempts newly"));
    CHECK(some.out("gradebook.csv") == book);
    const fs::path results = some.scratch.path / "out" / "results";
    // A whole result is one; half of one, and none at all, are graded again.
    const fs::path gone = results_of(some)[0], half = results_of(some)[1];
    fs::remove(gone);
    fs::resize_file(half, 40);
    fs::remove(some.scratch.path / "out" / "gradebook.csv");
    fs::create_directories(some.scratch.path / "out" / "work" / "S001" / "left over");
    CHECK(says(some.grade().text, "2 attempts newly"));
    CHECK(some.out("gradebook.csv") == book);
    CHECK_FALSE(fs::exists(some.scratch.path / "out" / "work"));
    some.hand_in("s3.cpp", right_text);
    const Said changed = some.grade();
    CHECK(says(changed.text, "1 attempts newly"));
    CHECK(says(changed.text, "S004 s3  counting: 3 -> 5"));
    CHECK(says(changed.text, "1 rows of the gradebook changed"));
    // The old one is kept.
    const auto history = fs::directory_iterator(some.scratch.path / "out" / "history")->path();
    CHECK(read_text(history / "gradebook.csv") == book);
}

TEST_CASE("what a killed run left half-written is cleared away, but not what another machine may be writing") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    CHECK(some.grade().status == 0);
    const fs::path out = some.scratch.path / "out";
    const std::vector<std::string> left = {"gradebook.csv.12-0a0b0c0d-3.new", "class.html.12-0a0b0c0d-4.new",
                                           "results/x.json.12-0a0b0c0d-1.new", "cases/y.txt.12-0a0b0c0d-2.new"};
    for (const std::string& name : left) {
        some.scratch.write("out/" + name, "half");
        fs::last_write_time(out / name, fs::file_time_type::clock::now() - std::chrono::hours(2));
    }
    some.scratch.write("out/thesis.new", "mine");
    fs::last_write_time(out / "thesis.new", fs::file_time_type::clock::now() - std::chrono::hours(2));
    some.scratch.write("out/results/z.json.13-0a0b0c0d-1.new", "being written");
    CHECK(some.grade().status == 0);
    for (const std::string& name : left) CHECK_FALSE(fs::exists(out / name));
    CHECK(fs::exists(out / "thesis.new"));
    CHECK(fs::exists(out / "results/z.json.13-0a0b0c0d-1.new"));
}

TEST_CASE("--regrade grades everything anew and keeps what was") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    CHECK(says(some.grade().text, "1 attempts newly"));
    CHECK(says(some.grade({"--regrade"}).text, "1 attempts newly"));
    const auto history = fs::directory_iterator(some.scratch.path / "out" / "history")->path();
    CHECK(fs::exists(history / "results"));
}

TEST_CASE("another limit is another grading, whichever it is") {
    Class some;
    some.hand_in("ada.cpp", right_text);
    CHECK(some.grade().status == 0);
    const std::string start = some.course;
    for (const char* limit : {"output_kilobytes = 512", "object_megabytes = 200", "compile_megabytes = 4000"}) {
        INFO(limit);
        some.course = start + "[limits]\n" + limit + "\n";
        CHECK(says(some.grade().text, "1 attempts newly"));
    }
}

TEST_CASE("what the machine did wrong is no zero: it is tried again, listed, and graded by the next run") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    const Scratch copy;
    TestKit broken = copied_kit(copy);
    const std::string toolchain = read_text(broken.toolchain);
    // Every compile is killed by the system.
    copy.write("killed", "#!/bin/sh\nkill -9 $$\n");
    fs::permissions(copy.path / "killed", fs::perms::owner_all);
    auto json = nlohmann::json::parse(toolchain);
    json["clang"] = (copy.path / "killed").string();
    copy.write("broken.json", json.dump());
    broken.toolchain = (copy.path / "broken.json").string();
    const Said said = some.grade({"--jobs", "1"}, broken);
    INFO(said.text);
    CHECK(said.status == 3);
    CHECK(says(said.text, "S001 was not graded: "));
    CHECK(says(book_of(some)["ada"], "ada,ada,S001,not graded,0,,,5,"));
    CHECK(says(some.out("feedback/ada.txt"), "no points are lost"));
    CHECK(some.grade().status == 0);
    CHECK(points(some, "ada") == "5");
}

TEST_CASE("two runs never work in one folder at once") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    fs::create_directories(some.scratch.path / "out");
    const int file = open((some.scratch.path / "out" / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    REQUIRE(flock(file, LOCK_EX | LOCK_NB) == 0);
    const Said said = some.grade();
    close(file);
    CHECK(said.status == 2);
    CHECK(says(said.text, "another ./grade class is at work there"));
    CHECK(some.grade().status == 0);
}

TEST_CASE("nothing of anybody's own is overwritten or cleared away") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    for (const char* own : {"work/thesis.txt", "feedback/letter.txt", "class.html", "gradebook.csv"}) {
        some.scratch.write(std::string("out/") + own, "mine");
        const Said said = some.grade();
        INFO(own << "\n" << said.text);
        CHECK(said.status == 2);
        CHECK(says(said.text, "would overwrite it"));
        CHECK(some.out(own) == "mine");
        fs::remove_all(some.scratch.path / "out");
    }
    some.scratch.write("out/notes.txt", "mine");
    CHECK(some.grade().status == 0);
    for (const char* own : {"feedback/.git/HEAD", "feedback/notes.md"})
        some.scratch.write(std::string("out/") + own, "mine");
    fs::remove(some.scratch.path / "in" / "ada.cpp");
    some.hand_in("bob.cpp", right_text);
    CHECK(some.grade().status == 0);
    for (const char* own : {"feedback/.git/HEAD", "feedback/notes.md", "notes.txt"}) CHECK(some.out(own) == "mine");
    CHECK(fs::exists(some.scratch.path / "out" / "feedback" / "bob.txt"));
    CHECK_FALSE(fs::exists(some.scratch.path / "out" / "feedback" / "ada.txt"));
}

TEST_CASE("what is damaged on the disk is said, costs nothing, and is graded again") {
    Class some;
    some.course = "exercises = [\"counting\"]\n";
    some.hand_in("ada.cpp", right_text);
    CHECK(some.grade().status == 0);
    const std::string book = some.out("gradebook.csv"), seed = some.out("seed");
    const fs::path kept = results_of(some).front();
    std::string text = read_text(kept);
    text.replace(text.size() / 2, 8, "\0\0\0\0\0\0\0\0", 8);
    some.scratch.write("out/results/" + kept.filename().string(), text);
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 3);
    CHECK(says(said.text, "S001 was not graded: the result that was kept cannot be read"));
    CHECK(points(some, "ada").empty());
    CHECK(some.grade().status == 0);
    CHECK(some.out("gradebook.csv") == book);
    some.scratch.write("out/seed", "");
    CHECK(some.grade().status == 3);
    CHECK(says(some.grade().text, "this is no seed"));
    some.scratch.write("out/seed", seed);
    CHECK(says(some.grade().text, "0 attempts newly"));
}

TEST_CASE("a kit that changes while a class is graded judges nobody") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    const Scratch copy;
    const TestKit kit = copied_kit(copy);
    {
        const std::jthread builder([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                fs::last_write_time(copy.path / "exercises/counting/exercise.toml", fs::file_time_type::clock::now());
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
        const Said said = some.grade({}, kit);
        INFO(said.text);
        CHECK(said.status == 3);
        CHECK(says(said.text, "S001 was not graded: the kit was changed or built anew"));
    }
    CHECK(results_of(some).empty());
    CHECK(some.grade({}, kit).status == 0);
    CHECK(points(some, "ada") == "5");
}
