// A whole class: forms, rules, hostile archives, interruptions, what is said of whom.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <sstream>
#include <thread>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

const std::string right_text = read_text(proven_kit().root + "/solutions/counting/counting.cpp");
const std::string stub_text = read_text(proven_kit().root + "/exercises/counting/stub.cpp");
/// It loses the second part.
const std::string wrong_text = with(right_text, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i == 0 ? 1 : i)");

/// A class in a scratch folder.
struct Class {
    Scratch scratch;
    std::string course = "exercises = [\"counting\"]\nseed = 3\n";

    void hand_in(const std::string& name, const std::string& text) const { scratch.write("in/" + name, text); }
    Said grade(std::vector<std::string> more = {}, const TestKit& kit = proven_kit()) const {
        scratch.write("course.toml", course);
        std::vector<std::string> words = {"class", (scratch.path / "in").string(), "--out",
                                          (scratch.path / "out").string()};
        words.insert(words.end(), more.begin(), more.end());
        return grader(words, kit);
    }
    std::string out(const std::string& name) const { return read_text(scratch.path / "out" / name); }
};

/// Lines of the gradebook by id, without the line's end.
std::map<std::string, std::string> book_of(const Class& some) {
    std::map<std::string, std::string> rows;
    std::istringstream lines(some.out("gradebook.csv"));
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        rows[line.substr(0, line.find(','))] = line;
    }
    return rows;
}

/// The cell of the only exercise, counting.
std::string points(const Class& some, const std::string& id) {
    const std::string line = book_of(some)[id];
    std::size_t at = 0;
    for (int i = 0; i < 5; ++i) at = line.find(',', at) + 1;
    return line.substr(at, line.find(',', at) - at);
}

/// The summaries that are kept.
std::vector<fs::path> results_of(const Class& some) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(some.scratch.path / "out" / "results")) {
        const std::string name = entry.path().filename().string();
        if (name.size() == 64 + 5) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

bool says(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

struct Entry {
    std::string path, text;
    unsigned type = AE_IFREG;
    std::string link = {};
};

/// Writes an archive with whatever is in these entries.
void write_archive(const fs::path& file, const std::vector<Entry>& entries, bool zip,
                   int filter = ARCHIVE_FILTER_NONE) {
    fs::create_directories(file.parent_path());
    archive* to = archive_write_new();
    REQUIRE((zip ? archive_write_set_format_zip(to) : archive_write_set_format_pax_restricted(to)) == ARCHIVE_OK);
    archive_write_add_filter(to, filter);
    REQUIRE(archive_write_open_filename(to, file.c_str()) == ARCHIVE_OK);
    archive_entry* entry = archive_entry_new();
    for (const Entry& one : entries) {
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, one.path.c_str());
        archive_entry_set_filetype(entry, one.type);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, static_cast<la_int64_t>(one.text.size()));
        if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.link.c_str());
        if (one.type == AE_IFREG && !one.link.empty()) archive_entry_set_hardlink(entry, one.link.c_str());
        archive_write_header(to, entry);
        if (!one.text.empty()) archive_write_data(to, one.text.data(), one.text.size());
    }
    archive_entry_free(entry);
    REQUIRE(archive_write_close(to) == ARCHIVE_OK);
    archive_write_free(to);
}

void write_archive(const Class& some, const std::string& name, const std::vector<Entry>& entries) {
    write_archive(some.scratch.path / "in" / name, entries, name.ends_with(".zip"),
                  name.ends_with("gz") ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_NONE);
}

}  // namespace

TEST_CASE("every form of submission earns what its file earns alone") {
    const Class some;
    some.hand_in("ada/counting.cpp", right_text);
    some.hand_in("bob/exercises/counting/counting.cpp", wrong_text);
    some.hand_in("bob/exercises/counting/stub.cpp", stub_text);
    some.hand_in("bob/solutions/counting/counting.cpp", right_text);  // not bob's
    some.hand_in("李明_11_assignsubmission_file/counting.cpp", right_text);
    some.hand_in("ольга_12_assignsubmission_file_counting.cpp", wrong_text);
    some.hand_in("محمد_13_99_counting.cpp", right_text);
    some.hand_in("carol_counting.cpp", stub_text);
    some.hand_in("dave.cpp", right_text);
    some.hand_in("nothing/readme.txt", "");
    write_archive(some, "山田_14_assignsubmission_file/work.zip", {{"a/b/counting.cpp", wrong_text}});
    write_archive(some, "eve.tar.gz", {{"counting/counting.cpp", right_text}});
    write_archive(some, "fay.zip", {{"counting.cpp", right_text}, {"__MACOSX/._counting.cpp", "x"}});
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 0);
    for (const char* id : {"ada", "11", "13", "dave", "eve", "fay"}) CHECK(points(some, id) == "5");
    for (const char* id : {"bob", "12", "14"}) CHECK(points(some, id) == "3");
    for (const char* id : {"carol", "nothing"}) CHECK(points(some, id) == "0");
    CHECK(says(book_of(some)["11"], "11,李明,"));
    CHECK(says(some.out("feedback/李明_11.txt"), "5 of 5 points"));
    CHECK(says(some.out("feedback/bob.txt"), "the divisor is one too small"));
    // Equal files are graded once.
    CHECK(results_of(some).size() == 4);
}

TEST_CASE("a name stands in the gradebook and in the student's own feedback, nowhere else") {
    const Class some;
    some.hand_in("Zaphod Beeblebrox_11_assignsubmission_file/counting.cpp", wrong_text);
    some.hand_in("Zaphod2.cpp", "int main() { Zaphods_own }");
    CHECK(some.grade().status == 0);
    for (const auto& entry : fs::recursive_directory_iterator(some.scratch.path / "out")) {
        const std::string path = entry.path().string();
        if (!entry.is_regular_file() || says(path, "/feedback/") || says(path, "gradebook")) continue;
        INFO(path);
        CHECK_FALSE(says(path, "Zaphod"));
        CHECK_FALSE(says(read_text(entry.path()), "Beeblebrox"));
        CHECK_FALSE(says(read_text(entry.path()), "Zaphod2"));
    }
}

TEST_CASE("hostile archives: nothing leaves its place, nothing takes long, and who made them is told why") {
    const Class some;
    const fs::path outside = some.scratch.path / "escaped";
    write_archive(some, "climbs.zip", {{"../../escaped/counting.cpp", right_text}});
    write_archive(some, "absolute.tar", {{outside.string() + "/counting.cpp", right_text}});
    write_archive(some, "backslashes.zip", {{"..\\..\\escaped\\counting.cpp", right_text}});
    write_archive(some, "links.tar",
                  {{"counting.cpp", "", AE_IFLNK, "/etc/passwd"}, {"hard.cpp", "", AE_IFREG, "/etc/passwd"}});
    write_archive(some, "devices.tar", {{"counting.cpp", "", AE_IFCHR, ""}, {"b/counting.cpp", "", AE_IFIFO, ""}});
    write_archive(some, "through.tar",
                  {{"exercises", "", AE_IFLNK, some.scratch.path.string()}, {"exercises/counting.cpp", right_text}});
    std::vector<Entry> many(25000, {"empty.txt", ""});
    write_archive(some, "many.zip", many);
    write_archive(some, "sources.zip", std::vector<Entry>(500, {"counting.cpp", "x"}));
    write_archive(some, "bomb.tar.gz",
                  {{"zeros.bin", std::string(std::size_t{300} << 20, '\0')}, {"counting.cpp", right_text}});
    write_archive(some, "long.zip", {{"counting.cpp", std::string(std::size_t{3} << 20, ' ')}});
    write_archive(some, "bytes.tar", {{"\xC0\xEE\xC3\xF7/counting.cpp", right_text}});
    some.hand_in("broken.zip", "PK\x03\x04 and then nothing");
    some.hand_in("empty.tar.gz", "");
    some.hand_in("text.rar", "this is a text");
    // What libarchive would read besides: a list that may name any file.
    some.hand_in("list.zip", "#mtree\n./counting.cpp type=file mode=0644\n");
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK_FALSE(fs::exists(outside));
    for (const char* id : {"climbs", "absolute", "backslashes", "through", "bytes"}) CHECK(points(some, id) == "5");
    for (const char* id : {"links", "devices", "many", "sources", "bomb", "long", "broken", "empty", "text"}) {
        INFO(id);
        CHECK(points(some, id) == "0");
    }
    CHECK(says(book_of(some)["many"], "more than 20,000 files"));
    CHECK(says(book_of(some)["sources"], "more than 400 C++ files"));
    CHECK(says(book_of(some)["bomb"], "more than 256 MB"));
    for (const char* id : {"broken", "list"}) CHECK(says(book_of(some)[id], "damaged"));
    CHECK(says(some.out("feedback/broken.txt"), "damaged"));
    CHECK_FALSE(says(some.out("feedback/links.txt"), "root:"));
}

TEST_CASE("run takes an archive, too; one that cannot be read is told, and earns nothing") {
    const Class some;
    write_archive(some, "ada.zip", {{"week 1/counting.cpp", wrong_text}});
    some.hand_in("broken.tar.gz", "no archive");
    const std::string in = (some.scratch.path / "in").string();
    const Said said = graded({"--submission", in + "/ada.zip", "counting"}, proven_kit());
    CHECK(said.status == 1);
    CHECK(said.json.at("score") == 3);
    const Said broken = grader({"run", "--submission", in + "/broken.tar.gz", "counting"}, proven_kit());
    INFO(broken.text);
    CHECK(broken.status == 1);
    CHECK(says(broken.text, "broken.tar.gz: it is damaged, or no archive at all"));
    CHECK(says(broken.text, "no file"));
}

TEST_CASE("links in what was handed in are not followed") {
    const Class some;
    some.scratch.write("secret.cpp", right_text);
    some.hand_in("ada/readme.txt", "");
    some.hand_in("bob/readme.txt", "");
    fs::create_symlink(some.scratch.path / "secret.cpp", some.scratch.path / "in" / "ada" / "counting.cpp");
    some.scratch.write("elsewhere/counting.cpp", right_text);
    fs::create_directory_symlink(some.scratch.path / "elsewhere", some.scratch.path / "in" / "bob" / "counting");
    fs::create_directory_symlink(some.scratch.path / "elsewhere", some.scratch.path / "in" / "carol");
    CHECK(some.grade().status == 0);
    CHECK(points(some, "ada") == "0");
    CHECK(points(some, "bob") == "0");
    CHECK_FALSE(book_of(some).contains("carol"));
}

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

TEST_CASE("--regrade grades everything anew and keeps what was") {
    const Class some;
    some.hand_in("ada.cpp", right_text);
    CHECK(says(some.grade().text, "1 attempts newly"));
    CHECK(says(some.grade({"--regrade"}).text, "1 attempts newly"));
    const auto history = fs::directory_iterator(some.scratch.path / "out" / "history")->path();
    CHECK(fs::exists(history / "results"));
}

TEST_CASE("the roster: who is absent, who is a stranger, how late, and in which order") {
    Class some;
    some.course +=
        "deadline = 2026-12-07T23:59:00+08:00\n[late]\npercent_per_day = 20\ndays = 2\n[extensions]\nkim = "
        "2026-12-09T23:59:00+08:00\n";
    some.hand_in("week1-ada99/counting.cpp", right_text);
    some.hand_in("kim.cpp", right_text);
    some.hand_in("lee_counting.cpp", right_text);
    some.hand_in("stranger.cpp", right_text);
    some.scratch.write("roster.csv",
                       "id,name,user,path,submitted_at\nzoe,\"Zoë, Q.\",,,\nada,Ada,ada99,,2026-12-08 "
                       "10:00\nkim,Kim,,,2026-12-09 12:00\n"
                       "lee,Lee,,lee_counting.cpp,2026-12-12T00:00:00+08:00\n");
    const std::string roster = (some.scratch.path / "roster.csv").string();
    const Said said = some.grade({"--roster", roster});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(book_of(some)["zoe"], "zoe,\"Zoë, Q.\",S001,nothing handed in,0,0,0,5"));
    CHECK(points(some, "ada") == "4");
    CHECK(points(some, "kim") == "5");
    CHECK(points(some, "lee") == "0");
    CHECK(says(book_of(some)["lee"], "no longer accepted"));
    CHECK(says(book_of(some)["stranger"], "stranger,stranger,S005,graded,0,5,5,5,5,,not on the roster"));
    CHECK(some.out("gradebook.csv").find("zoe") < some.out("gradebook.csv").find("ada,"));
    some.scratch.write("overrides.csv", "id,exercise,score,reason\nlee,counting,2.5,ill\n");
    CHECK(some.grade({"--roster", roster, "--overrides", (some.scratch.path / "overrides.csv").string()}).status == 0);
    CHECK(points(some, "lee") == "2.5");
    CHECK(says(book_of(some)["lee"], "counting: 2.5 instead of 5 (ill)"));
    CHECK(says(some.out("feedback/Lee_lee.txt"), "2.5 points by decision of the instructor: ill"));
}

TEST_CASE("the roster gives nobody's work to another: names that two have, users that end alike") {
    const Class some;
    some.hand_in("week1-ada/counting.cpp", right_text);
    some.hand_in("week1-lovelace-ada/counting.cpp", stub_text);
    some.hand_in("week1-not-ada/counting.cpp", stub_text);  // on no roster
    some.hand_in("李明_11_assignsubmission_file/counting.cpp", stub_text);
    some.hand_in("李明_12_assignsubmission_file/counting.cpp", right_text);
    some.hand_in("Kim_13_assignsubmission_file/counting.cpp", stub_text);
    some.hand_in("Kim_14_assignsubmission_file/counting.cpp", right_text);
    some.hand_in("Zoë_15_assignsubmission_file/counting.cpp", right_text);
    some.scratch.write("roster.csv",
                       "id,name,user\na1,Ada,ada\na2,Ada L,lovelace-ada\n11,李明,\n12,李明,\nk1,Kim,\nz1,Zoë,\n");
    const Said said = some.grade({"--roster", (some.scratch.path / "roster.csv").string()});
    INFO(said.text);
    CHECK(said.status == 0);
    for (const char* id : {"a1", "12", "z1"}) CHECK(points(some, id) == "5");
    for (const char* id : {"a2", "11"}) CHECK(points(some, id) == "0");
    // Which of two is meant, a person must say.
    CHECK(says(book_of(some)["k1"], "nothing handed in"));
    for (const char* id : {"13", "14", "week1-not-ada"}) CHECK(says(book_of(some)[id], "not on the roster"));
}

TEST_CASE("of two rows with one id the later time counts") {
    Class some;
    some.course += "deadline = 2026-12-07T23:59:00Z\n[late]\npercent_per_day = 20\ndays = 2\n";
    some.hand_in("ada.cpp", right_text);
    some.scratch.write("roster.csv", "id,submitted_at\nada,2026-12-07 10:00\nada,2026-12-08 10:00\n");
    CHECK(some.grade({"--roster", (some.scratch.path / "roster.csv").string()}).status == 0);
    CHECK(points(some, "ada") == "4");
}

TEST_CASE("names of any bytes: two stay two, and no run after them is stopped") {
    const Class some;
    some.hand_in("x\xff\xfe/counting.cpp", right_text);
    some.hand_in("x\xff\xfd/counting.cpp", stub_text);
    some.hand_in("bell\x07/counting.cpp", right_text);
    some.hand_in("a\n::error::b/counting.cpp", right_text);
    some.hand_in("علی\u200cرضا/counting.cpp", right_text);
    CHECK(some.grade().status == 0);
    CHECK(points(some, "x%FF%FE") == "5");
    CHECK(points(some, "x%FF%FD") == "0");
    CHECK(points(some, "علی\u200cرضا") == "5");
    for (const char* name : {"bell\x07", "a\n::error::b"})
        some.hand_in(name + std::string("/counting.cpp"), wrong_text);
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said.text, "counting: 5 -> 3"));
    CHECK_FALSE(says(said.text, "\n::error"));
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

TEST_CASE("several attempts: the latest counts, or the best") {
    Class some;
    some.hand_in("ada_LATE_5_71_counting-1.cpp", wrong_text);
    some.hand_in("ada_5_70_counting.cpp", right_text);
    CHECK(some.grade().status == 0);
    CHECK(points(some, "5") == "3");
    some.course += "attempts = \"best\"\n";
    CHECK(some.grade().status == 0);
    CHECK(points(some, "5") == "5");
}

TEST_CASE("hidden tests: points only, nothing, or all of them; and all after a date") {
    // Right on what the visible tests ask, wrong beyond: more than forty rows are left as they are.
    const std::string cheat =
        with(right_text, "Matrix sums = values;", "if (values.rows() > 5) return values;\n    Matrix sums = values;");
    Class some;
    some.hand_in("ada.cpp", cheat);
    const std::string start = some.course;
    for (const char* mode : {"points", "none", "all"}) {
        INFO(mode);
        some.course = start + "hidden = \"" + mode + "\"\n";
        CHECK(some.grade().status == 0);
        CHECK(points(some, "ada") != "5");
        const std::string text = some.out("feedback/ada.txt");
        INFO(text);
        CHECK(says(text, "found") == (std::string(mode) == "all"));
        CHECK_FALSE(says(text, "--seed") != (std::string(mode) == "all"));
        CHECK(says(text, "hidden test") == (std::string(mode) != "none"));
    }
    some.course = start + "hidden = \"none\"\nhidden_until = 2020-01-01T00:00:00Z\n";
    CHECK(some.grade().status == 0);
    CHECK(says(some.out("feedback/ada.txt"), "--seed 3"));
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

TEST_CASE("what cannot be is said in one line") {
    Class some;
    some.hand_in("ada.cpp", right_text);
    const std::string in = (some.scratch.path / "in").string();
    const auto refused = [&](const Said& said, const std::string& piece) {
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(says(said.text, piece));
    };
    refused(grader({"class", in}, proven_kit()), "--out DIR is missing");
    refused(grader({"class", in, "--out", in + "/out"}, proven_kit()), "beside the submissions");
    refused(grader({"class", in + "/none", "--out", "x"}, proven_kit()), "no such folder");
    const std::string start = some.course;
    for (const auto& [line, piece] :
         std::map<std::string, std::string>{{"colour = 1", "course.toml:3: "},
                                            {"attempts = \"first\"", "attempts must be one of latest, best"},
                                            {"deadline = \"soon\"", "course.toml:3: deadline must be a time"},
                                            {"[weights]\nnone = 2", "no exercise of this course"},
                                            {"[parts]\ncounting = [\"none\"]", "there is no part \"none\""},
                                            {"[parts]\ncounting = []", "and a list of its parts"},
                                            {"[limits]\ncall_seconds = -1", "must be a number"},
                                            {"[late]\npercent = 3", "percent"},
                                            {"language = \"fr\"", "language must be en or zh"}}) {
        some.course = start + line + "\n";
        refused(some.grade(), piece);
    }
    some.course = "exercises = [\"count\"]\n";
    refused(some.grade(), "counting");
    some.course = start;
    some.scratch.write("roster.csv", "name\nAda\n");
    refused(some.grade({"--roster", (some.scratch.path / "roster.csv").string()}), "column id");
    CHECK(some.grade().status == 0);
}

TEST_CASE("the class page counts mistakes, shows what several share, and finds files that look alike") {
    Class some;
    const std::string odd = with(right_text, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i + 3)");
    std::string own = "#include \"counting.hpp\"\nnamespace counting {\n";
    own +=
        "static Scalar so_far(const Matrix& m, Index row, Index column) {\n    Scalar total = 0;\n    for (Index k = "
        "0; k <= row; ++k) total = total + m(k, column);\n    return total;\n}\n";
    own +=
        "Matrix running_sums(const Matrix& v) {\n    Matrix r(v.rows(), v.cols());\n    for (Index a = 0; a < "
        "v.rows(); ++a)\n        for (Index b = 0; b < v.cols(); ++b) r(a, b) = so_far(v, a, b);\n    return r;\n}\n";
    own +=
        "Matrix running_means(const Matrix& v) {\n    Matrix r(v.rows(), v.cols());\n    for (Index a = 0; a < "
        "v.rows(); ++a)\n        for (Index b = 0; b < v.cols(); ++b) r(a, b) = so_far(v, a, b) / Scalar(a + 1);\n    "
        "return r;\n}\n}\n";
    std::string renamed = own;
    for (std::size_t at = 0; (at = renamed.find("so_far", at)) != std::string::npos;) renamed.replace(at, 6, "addUp_");
    some.hand_in("a.cpp", odd);
    some.hand_in("b.cpp", odd + "// mine\n");
    some.hand_in("c.cpp", wrong_text);
    some.hand_in("d.cpp", own);
    some.hand_in("e.cpp", renamed);
    some.hand_in("f.cpp", "int main( <script>alert(1)</script>");
    // Comparing this with anything would take minutes, and nothing would be compared.
    std::string hostile;
    while (hostile.size() < 900000) hostile += "a;";
    some.hand_in("g.cpp", "#if 0\n" + hostile + "\n#endif\n");  // the compiler would take a minute for it
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 0);
    const std::string page = some.out("class.html");
    CHECK(says(page, "the divisor is one too small"));
    CHECK(says(page, "S001, S002"));
    CHECK(says(page, "const auto result = counting::running_means(values);"));
    CHECK_FALSE(says(page, "<script"));
    CHECK(says(page, "S004"));
    CHECK(says(page, "<th scope=\"row\" class=\"words\">S007</th><td class=\"words\">too long to be compared</td>"));
    CHECK((says(page, "<th scope=\"row\" class=\"words\">S004</th><td class=\"words\">S005</td>") ||
           says(page, "<th scope=\"row\" class=\"words\">S005</th><td class=\"words\">S004</td>")));
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

TEST_CASE("files that could not be compared are no files that differ: it is said, and not kept") {
    const Class some;
    some.scratch.write("course.toml", some.course);
    const std::string odd = with(right_text, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i + 3)");
    std::string own = odd;
    for (int i = 0; i < 8; ++i)
        own += "static int own_" + std::to_string(i) + "(int x) { return x * x + " + std::to_string(i) + " * x; }\n";
    some.hand_in("ada.cpp", own);
    some.hand_in("bob.cpp", own + "// mine\n");
    some.scratch.write("bin/sim_c++", "#!/bin/sh\nkill -9 $$\n");
    fs::permissions(some.scratch.path / "bin" / "sim_c++", fs::perms::owner_all);
    qkv::grader::Command command;
    command.arguments = {QKV_GRADER,
                         "--root",
                         proven_kit().root,
                         "--toolchain",
                         proven_kit().toolchain,
                         "class",
                         (some.scratch.path / "in").string(),
                         "--out",
                         (some.scratch.path / "out").string()};
    command.environment["PATH"] = (some.scratch.path / "bin").string() + ":" + std::getenv("PATH");
    command.environment["LC_ALL"] = "C.UTF-8";
    command.seconds = 300;
    const qkv::grader::Ended ended = run(command);
    INFO(ended.output);
    CHECK(ended.exit_code == 0);
    CHECK(says(ended.output, "files of counting were not compared"));
    CHECK(says(some.out("class.html"), "files of counting were not compared"));
    CHECK(some.grade().status == 0);
    CHECK_FALSE(says(some.out("class.html"), "were not compared"));
    CHECK(says(some.out("class.html"), "<td class=\"words\">100 %</td>"));
}
