// What a class hands in: every form, archives whatever is in them, links.
#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include "a_class.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

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
    write_archive(some, "inner.zip", {{"counting.cpp", right_text}});
    const std::string inner = read_text(some.scratch.path / "in" / "inner.zip");
    write_archive(some, "nested.zip", {{"work/all.zip", inner}, {"__MACOSX/x.zip", inner}});
    write_archive(some, "beside.zip", {{"counting.cpp", right_text}, {"data.zip", inner}});
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
    CHECK(says(book_of(some)["nested"], "nested.zip: work/all.zip in it is an archive again, and was not opened"));
    CHECK_FALSE(says(book_of(some)["nested"], "x.zip"));
    CHECK(says(book_of(some)["beside"], "beside,beside,"));
    CHECK_FALSE(says(book_of(some)["beside"], "data.zip"));
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
