// Who handed in what: names of entries, rosters, attempts, names of files.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/files.hpp"
#include "class/book/course.hpp"
#include "class/book/roster.hpp"
#include "collect/endings.hpp"
#include "collect/names.hpp"
#include "collect/stage.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;

using qkv::tests::Scratch;

/// Whose each entry of a folder is: "s1: a b".
std::vector<std::string> found_in(const Scratch& scratch, const std::string& roster) {
    std::vector<std::string> lines;
    for (const Student& student : find_students(scratch.path() / "in", scratch.write("roster.csv", roster), Course())) {
        std::string line = student.id + ":";
        for (const Piece& piece : student.pieces) line += " " + read_file(piece.path / "whose");
        lines.push_back(line);
    }
    return lines;
}

/// Why a roster is refused.
std::string refused(const Scratch& scratch, const std::string& roster) {
    try {
        found_in(scratch, roster);
    } catch (const Failure& failure) {
        return failure.words.zh;
    }
    return "accepted";
}

Exercise exercise_of(const std::string& id, int points) {
    Exercise exercise;
    exercise.id = id;
    exercise.parts = {Part{"easy", {}, points, {}, {}, {}, 0}};
    return exercise;
}

}  // namespace

TEST_CASE("names as Moodle, Canvas and people give them, in any script") {
    const auto check = [](const std::string& entry, const HandedName& expected) {
        INFO(entry);
        const HandedName found = name_of_entry(entry);
        CHECK(found.student == expected.student);
        CHECK(found.number == expected.number);
        CHECK(found.file == expected.file);
        CHECK(found.late == expected.late);
        CHECK(found.of == expected.of);
    };
    using Of = HandedName::Of;
    check("Ada Lovelace_12345_assignsubmission_file", {"Ada Lovelace", "12345", "", false, Of::moodle});
    check("Ada Lovelace_12345_assignsubmission_file_", {"Ada Lovelace", "12345", "", false, Of::moodle});
    check("李 明_7_assignsubmission_file_attention.cpp", {"李 明", "7", "attention.cpp", false, Of::moodle});
    check("Ольга_Иванова_9_assignsubmission_file", {"Ольга_Иванова", "9", "", false, Of::moodle});
    check("lovelaceada_123_456_attention.cpp", {"lovelaceada", "123", "attention.cpp", false, Of::canvas});
    check("lovelaceada_LATE_123_456_multi_head_attention-2.cpp",
          {"lovelaceada", "123", "multi_head_attention-2.cpp", true, Of::canvas});
    check("van_der_bergada_LATE_123_456_attention.cpp", {"van_der_bergada", "123", "attention.cpp", true, Of::canvas});
    check("anon_a1B2c_456_attention.cpp", {"anon_a1B2c", "", "attention.cpp", false, Of::canvas});
    check("LATE_anon_12345_456_a_7_b.cpp", {"anon_12345", "", "a_7_b.cpp", true, Of::canvas});
    check("محمد_12_34_a.zip", {"محمد", "12", "a.zip", false, Of::canvas});
    // What a student calls a file makes nobody else of them.
    check("Eve_666_assignsubmission_file_x_12345_assignsubmission_file_a.cpp",
          {"Eve", "666", "x_12345_assignsubmission_file_a.cpp", false, Of::moodle});
    check("eve_7_70_x_99_assignsubmission_file_a.cpp",
          {"eve", "7", "x_99_assignsubmission_file_a.cpp", false, Of::canvas});
    check("ada.cpp", {"ada", "", "ada.cpp", false, Of::plain});
    check("ada.CPP", {"ada", "", "ada.CPP", false, Of::plain});
    check("ada.tar.gz", {"ada", "", "", false, Of::plain});
    check("week-1-ada", {"week-1-ada", "", "", false, Of::plain});
    check("a\nb_1_2_c.cpp", {"a\nb", "1", "c.cpp", false, Of::canvas});
    check(std::string(5000, '_'), {std::string(5000, '_'), "", "", false, Of::plain});
}

TEST_CASE("two students of one name: nobody gets what the other handed in") {
    const Scratch scratch;
    scratch.write("in/张伟_102_assignsubmission_file/whose", "a");
    scratch.write("in/张伟_103_assignsubmission_file/whose", "b");
    using Found = std::vector<std::string>;
    CHECK(found_in(scratch, "id,name\ns1,张伟\ns2,张伟\n") == Found{"s1:", "s2:", "102: a", "103: b"});
    CHECK(found_in(scratch, "id,name\ns1,张伟\n") == Found{"s1:", "102: a", "103: b"});  // whose is the other?
    const Found right = {"s1:", "s2: a", "103: b"};
    CHECK(found_in(scratch, "id,name,path\ns1,张伟,\ns2,张伟,张伟_102_assignsubmission_file\n") == right);
    CHECK(found_in(scratch, "id,name\n103,张伟\n102,张伟\n") == Found{"103: b", "102: a"});
}

TEST_CASE("a slip in the roster gives nobody another's work: it is said") {
    const Scratch scratch;
    for (const char* entry : {"ada", "bob"}) scratch.write(std::string("in/") + entry + "/whose", entry);
    using Found = std::vector<std::string>;
    const auto says = [](const std::string& text, const char* piece) { return text.find(piece) != std::string::npos; };
    CHECK(says(refused(scratch, "id,name,path\ns1,Ada,ada\ns1,Bob,bob\n"), "roster.csv:3：id s1 已经是 Ada 的"));
    CHECK(found_in(scratch, "id,name,path\ns1,Ada,ada\ns1, Ada,bob\ns1,,bob\n") == Found{"s1: ada bob"});
    CHECK(says(refused(scratch, "id,path\ns1,ada\ns2,ada\n"), "路径“ada”写在了两个 id 后面：s1 和 s2"));
    CHECK(found_in(scratch, "id,path\ns1,ada\ns1,ada\ns2,bob\n") == Found{"s1: ada", "s2: bob"});
    const auto found =
        find_students(scratch.path() / "in", scratch.write("roster.csv", "id,path\ns1,aba\ns2,bob\n"), Course());
    REQUIRE(found.front().notes.size() == 1);
    CHECK(found.front().notes.front().en == "the roster's path \"aba\" is not there");
    CHECK(found[1].notes.empty());
}

TEST_CASE("whose a repository is") {
    const Scratch scratch;
    for (const char* entry : {"week3-ada", "week3-not-ada", "ada", "Lee-ada_7_assignsubmission_file", "other-bob"})
        scratch.write(std::string("in/") + entry + "/whose", entry);
    using Found = std::vector<std::string>;
    const Found right = {"s1: ada week3-ada", "s2: week3-not-ada", "s3:", "7: Lee-ada_7_assignsubmission_file",
                         "other-bob: other-bob"};
    CHECK(found_in(scratch, "id,user\ns1,ada\ns2,not-ada\ns3,x-other-bob\n") == right);
}

TEST_CASE("a roster of two thousand finds its students, however their entries are named") {
    const Scratch scratch;
    std::string roster = "id,name,path,user\n";
    for (int i = 0; i < 2000; ++i) {
        const std::string number = std::to_string(10000 + i);
        const std::array entries = {"week3-user" + number, "Student_" + number + "_assignsubmission_file",
                                    "f" + number};
        std::filesystem::create_directories(scratch.path() / "in" / entries[static_cast<std::size_t>(i % 3)]);
        roster += number + ",Student " + number + "," + (i % 3 == 2 ? entries[2] : "") + ",user" + number + "\n";
    }
    const auto found = find_students(scratch.path() / "in", scratch.write("roster.csv", roster), Course());
    CHECK(std::ranges::all_of(found, [](const Student& student) { return student.pieces.size() == 1; }));
    CHECK(found.size() == 2000);
}

TEST_CASE("a roster as spreadsheets, Moodle and Canvas save it") {
    const Scratch scratch;
    for (const char* entry : {"李明_101_assignsubmission_file", "petrovaolga_102_9_a", "ada"})
        scratch.write(std::string("in/") + entry + "/whose", entry);
    using Found = std::vector<std::string>;
    const Found plain = {"101: 李明_101_assignsubmission_file", "102: petrovaolga_102_9_a", "ada: ada", "103:"};
    CHECK(found_in(scratch, "\xEF\xBB\xBFsep=;\r\nID;Name\r\n101;李明\r\n102;\"a, b\"\r\nada ;\r\n103;\r\n") == plain);
    CHECK(found_in(scratch, " Id \tName; first\r101\t\r102\t\rada\t\r103\t") == plain);
    std::string wide = "\xFF\xFE";  // Excel's "Unicode text"
    for (const char letter : std::string("id\tname\r\n101\t\r\n102\t\r\nada\t\r\n103\t\r\n")) (wide += letter) += '\0';
    CHECK(found_in(scratch, wide) == plain);
    const Found known = {"101: 李明_101_assignsubmission_file", "102: petrovaolga_102_9_a", "103:", "ada: ada"};
    CHECK(found_in(
              scratch,
              "Student,ID,SIS User ID,SIS Login ID,Section,Week 3 (7)\r\n,,,,,Manual Posting\r\n"
              "\"    Points Possible\",,,,,10\r\n\"Li, Ming\",101,A1,ming,One,\r\nOlga,102,,,,\r\nZoë,103,,,,\r\n") ==
          known);
    const std::string moodle =
        "Identifier,\"Full name\",Status,Grade,\"Last modified (submission)\"\r\n"
        "\"Participant 101\",李明,,,\"Monday, 7 December 2026, 11:59 PM\"\r\n\"Participant 102\",Olga,,,-\r\n"
        "\"Participant 103\",Zoë,,,-\r\n";
    CHECK(found_in(scratch, moodle) == known);
    CHECK(found_in(scratch, "标识符,全名\n参与人101,李明\n参与人102,\n参与人103,\n") == known);
    Course course;
    course.offset = 8 * 3600;
    const auto students = find_students(scratch.path() / "in", scratch.write("roster.csv", moodle), course);
    CHECK(students[0].submitted_at == moment_of("2026-12-07T23:59:00+08:00", 0));
    CHECK_FALSE(students[1].submitted_at);
    // Who handed nothing in is no stranger to Moodle and Canvas.
    CHECK(students[2].number == "103");
    CHECK(students[2].name == "Zoë");
    CHECK(refused(scratch, "Name,Path\nAda,ada\n").find("id") != std::string::npos);
}

TEST_CASE(
    "a file of an exercise that is not graded is no attempt at one that is, and makes nobody else of its author") {
    const Scratch scratch;
    std::vector<Piece> pieces;
    for (const char* name :
         {"a_1_1_attention.cpp", "a_1_2_encoder.cpp", "a_1_3_multi_head_attention.cpp", "a_1_4_x.pdf"})
        pieces.push_back({scratch.write(name, name), name_of_entry(name).file});
    const std::vector<std::string> known = {"attention", "encoder", "multi_head_attention"};
    const auto staged = stage(Toolchain(), pieces, {exercise_of("attention", 4)}, known, false, scratch.path() / "out");
    CHECK(read_file(staged.attempts.front() / "attention.cpp") == "a_1_1_attention.cpp");
    CHECK(staged.notes.empty());
    const auto report =
        stage(Toolchain(), {pieces.back()}, {exercise_of("attention", 4)}, known, false, scratch.path() / "2");
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes.front().en == "no C++ file in it");
    const auto other =
        stage(Toolchain(), {pieces[1], pieces[2]}, {exercise_of("attention", 4)}, known, false, scratch.path() / "3");
    REQUIRE(other.notes.size() == 1);
    CHECK(other.notes.front().en == "of other exercises than those graded here: encoder.cpp, multi_head_attention.cpp");

    for (const char* name : {"in/ada_attention.cpp", "in/ada_attention (1).cpp", "in/ada_encoder.cpp", "in/notes.txt",
                             "in/bob_7_9_report.pdf", "in/李明_8_assignsubmission_file_report.docx"})
        scratch.write(name, "");
    Course course;
    course.known = known;
    const auto students = find_students(scratch.path() / "in", {}, course);
    REQUIRE(students.size() == 3);
    CHECK(students[0].id == "ada");
    REQUIRE(students[0].pieces.size() == 3);
    CHECK(students[0].pieces[2].file == "ada_attention (1).cpp");
    CHECK(students[1].id == "7");
    CHECK(students[2].id == "8");
}

TEST_CASE("the attempts of a student stay in the order of their times, however each was recognised") {
    const Scratch scratch;
    scratch.write("in/Ada/whose", "first");
    scratch.write("in/second/whose", "second");
    CHECK(found_in(scratch, "id,name,path,submitted_at\ns1,Ada,,2026-12-01 10:00\ns1,Ada,second,2026-12-02 10:00\n") ==
          std::vector<std::string>{"s1: first second"});
}

TEST_CASE("a folder that an older Windows named is found by the same name in the roster") {
    const Scratch scratch;
    scratch.write("in/\xCB\xEF\xCE\xF2\xBF\xD5_7_assignsubmission_file/whose", "a");  // 孙悟空 in GBK
    scratch.write("in/\xB3\xC2\xB3\xBF/whose", "b");                                  // 陈晨
    const std::vector<std::string> right = {"s1: a", "s2: b"};
    CHECK(found_in(scratch, "id,name,path\ns1,孙悟空,\ns2,,陈晨\n") == right);
}

TEST_CASE("ids that a spreadsheet has rounded would make one student of many") {
    const Scratch scratch;
    std::filesystem::create_directories(scratch.path() / "in");
    CHECK(refused(scratch, "id,name\n2.02301E+11,李明\n").find(":2：id 被电子表格改成了 2.02301E+11") !=
          std::string::npos);
    for (const char* id : {"202301000001", "e+1", "2e5", "ada+e", "1E+x"})
        CHECK(refused(scratch, std::string("id,name\n") + id + ",李明\n") == "accepted");
}

TEST_CASE("which exercise and which attempt a file is") {
    const std::vector<std::string> ids = {"attention", "multi_head_attention", "encoder"};
    CHECK(exercise_of("attention.cpp", "", ids) == "attention");
    CHECK(exercise_of("multi_head_attention.cpp", "", ids) == "multi_head_attention");
    CHECK(exercise_of("ada_multi_head_attention-1.cpp", "", ids) == "multi_head_attention");
    CHECK(exercise_of("attention (2).cpp", "", ids) == "attention");
    CHECK(exercise_of("Multi_Head_Attention.CPP", "", ids) == "multi_head_attention");
    CHECK(exercise_of("main.cpp", "#include <x>\nnamespace encoder {\n}", ids) == "encoder");
    CHECK(exercise_of("main.cpp", "namespace encoders {}", ids).empty());
    CHECK(exercise_of("main.cpp", "namespace encoder {} namespace attention {}", ids).empty());
    CHECK(exercise_of("main.cpp", "", {"encoder"}) == "encoder");
    CHECK(attempt_of("attention.cpp") == 0);
    CHECK(attempt_of("attention-2.cpp") == 2);
    CHECK(attempt_of("attention (13).cpp") == 13);
    CHECK(attempt_of("week-1-ada") == 0);
}

TEST_CASE("an ending tells an archive") {
    for (const char* name : {"a.zip", "a.ZIP", "a.tar", "a.tar.gz", "a.tgz", "a.7z", "a.rar", "a.b.tar.xz"})
        CHECK(is_archive(name));
    for (const char* name : {"a.cpp", "zip", ".zip", "a.zip.cpp", "a.gz.txt"}) CHECK_FALSE(is_archive(name));
    CHECK(is_source("A.CPP"));
    CHECK_FALSE(is_source(".cpp"));
    CHECK(without_ending("a.tar.gz") == "a");
    CHECK(without_ending("week.1.zip") == "week.1");
}

TEST_CASE("a name becomes the name of a file, and nothing else") {
    CHECK(as_file_name("Ada Lovelace") == "Ada Lovelace");
    CHECK(as_file_name("../../etc/passwd") == "_.._.._etc_passwd");
    CHECK(as_file_name(".") == "_.");
    CHECK(as_file_name("") == "_");
    CHECK(as_file_name("-rf") == "_-rf");
    CHECK(as_file_name("a\nb\\c") == "a_b_c");
    const std::string many = "李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李李";
    CHECK(as_file_name(many).size() == 120);
    CHECK(as_file_name("a" + many).size() == 118);  // not through a letter
}
