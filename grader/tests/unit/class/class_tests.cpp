// A class: names of submissions, tables, times, the gradebook, likeness.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/files.hpp"
#include "class/alike.hpp"
#include "class/book/book.hpp"
#include "class/book/course.hpp"
#include "class/book/roster.hpp"
#include "class/book/table.hpp"
#include "class/outcome.hpp"
#include "class/progress.hpp"
#include "collect/archive.hpp"
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

std::filesystem::path written(const Scratch& scratch, const std::string& text) {
    return scratch.write("table.csv", text);
}

std::string refusal(const std::filesystem::path& file, const Cells& required) {
    try {
        read_sheet(file, required);
    } catch (const Failure& failure) {
        CHECK(failure.status == wrong_usage);
        return failure.what();
    }
    return "accepted";
}

Exercise exercise_of(const std::string& id, int points) {
    Exercise exercise;
    exercise.id = id;
    exercise.parts = {Part{"easy", {}, points / 2, {}, {}, {}, 0},
                      Part{"hard", {}, points - points / 2, {}, {}, {}, 0}};
    return exercise;
}

Course course_of() {
    Course course;
    course.exercises = {exercise_of("counting", 4), exercise_of("summing", 6)};
    course.deadline = moment_of("2026-12-07T23:59:00+08:00", 0);
    course.offset = 8 * 3600;
    course.late = {10, 10, 3};
    return course;
}

Outcome outcome_of(int counting, int summing) {
    Outcome outcome;
    outcome.exercises["counting"] = {"graded", {{"easy", counting}}, {}};
    outcome.exercises["summing"] = {"graded", {{"easy", summing}}, {}};
    return outcome;
}

/// A row of somebody who handed in at this time.
Row row_of(const std::string& id, const std::string& time) {
    Row row;
    row.student.id = id;
    row.label = "S001";
    row.standing = Standing::graded;
    if (!time.empty()) row.student.submitted_at = moment_of(time, 8 * 3600);
    return row;
}

double booked(const std::string& time, const Course& course, const std::string& id = "ada") {
    Row row = row_of(id, time);
    book(row, {outcome_of(2, 3)}, course, {});
    return row.total();
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

TEST_CASE("a table is read with commas or semicolons, quotes and line breaks; what is wrong is one line") {
    const Scratch scratch;
    const Sheet sheet =
        read_sheet(written(scratch, "\xEF\xBB\xBFid,name\r\n1,\"Li, \"\"M\"\"\n\"\r\n\r\n2\r\n"), {"id"});
    REQUIRE(sheet.rows.size() == 2);
    CHECK(sheet.cell(0, "name") == "Li, \"M\"\n");
    CHECK(sheet.cell(1, "name").empty());
    CHECK(sheet.cell(1, "user").empty());
    CHECK(read_sheet(written(scratch, "id;name\n1;a\n"), {"id"}).cell(0, "name") == "a");
    CHECK(refusal(written(scratch, "name\nx\n"), {"id"}).find("column id") != std::string::npos);
    CHECK(refusal(written(scratch, "id\n\xC0\xEE\n"), {"id"}).find("UTF-8") != std::string::npos);
    CHECK(refusal(scratch.path() / "none.csv", {}).find("no such file") != std::string::npos);
}

TEST_CASE("no cell is computed by a spreadsheet, and every other keeps its bytes") {
    const Scratch scratch;
    const std::vector<Cells> rows = {{"id", "name"}, {"=1+1", "+x"}, {"-2", "@y"}, {"李明, \"x\"", " a\nb"}};
    const std::string text = to_csv(rows);
    CHECK(text == "id,name\r\n'=1+1,'+x\r\n'-2,'@y\r\n\"李明, \"\"x\"\"\",\" a\nb\"\r\n");
    const Sheet sheet = read_sheet(written(scratch, text), {});
    CHECK(sheet.cell(2, "id") == rows[3][0]);
    CHECK(sheet.cell(2, "name") == rows[3][1]);
    // In Chinese and Japanese spreadsheets wide signs are signs, too; and what a line break begins.
    CHECK(to_csv({{"＝1+1", "＋x", "－2", "＠y", "\n=1"}}) == "'＝1+1,'＋x,'－2,'＠y,\"'\n=1\"\r\n");
    // The mark between two letters of a Persian name, and a control, are UTF-8.
    const std::string odd = "علی\u200cرضا\x1b";
    CHECK(read_sheet(written(scratch, "id\n" + odd + "\n"), {}).cell(0, "id") == odd);
}

TEST_CASE("times as people write them") {
    const auto known = moment_of("2026-12-07T23:59:00+08:00", 0);
    REQUIRE(known);
    CHECK(*known == 1796659140);  // date -d '2026-12-07T23:59:00+08:00' +%s
    CHECK(moment_of("2026-12-07 23:59", 8 * 3600) == known);
    CHECK(moment_of("2026/12/7 23:59", 8 * 3600) == known);
    CHECK(moment_of("2026/12/07 23:59:00", 8 * 3600) == known);
    CHECK(moment_of("2026-12-07T15:59:00Z", 0) == known);
    CHECK(moment_of("2026-12-07T15:59:00.250Z", 0) == known);
    CHECK(moment_of(" 2026-12-07 10:59:00 -05:00", 0) == known);
    CHECK(moment_of("Monday, 7 December 2026, 3:59 PM", 0) == known);
    CHECK(moment_of("Monday, December 7, 2026, 3:59 PM", 0) == known);
    for (const char* text : {"", "7.12.2026", "7/12/2026 20:15", "2026-12-07", "2026-12-07 23:59 MEZ",
                             "2026-12-07 23:59:00.", "yesterday"})
        CHECK_FALSE(moment_of(text, 0));
}

TEST_CASE("what is wrong in course.toml is said in both languages, each with its line") {
    const Scratch scratch;
    Kit kit;
    kit.catalog = {exercise_of("counting", 4)};
    const auto file = scratch.write("course.toml",
                                    "deadline = \"tomorrow\"\nhiden = \"all\"\nattempts = \"first\"\n[late]\ndays = "
                                    "-1\n[weights]\nsumming = 2\n[parts]\ncounting = [\"hrad\"]\n");
    try {
        load_course(file, kit);
        FAIL("accepted");
    } catch (const Failure& failure) {
        for (const char* line :
             {":1: deadline 要写成像 2026-12-07T23:59:00+08:00 这样的时间", ":2: 不认识“hiden”",
              ":3: attempts 要写其中之一：latest, best", ":5: [late] 里的“days”要写 0 到 366 的数",
              ":7: [weights] summing：不是这门课的练习", ":9: [parts] counting：没有“hrad”这个部分"}) {
            INFO(line << " in\n" << failure.words.zh);
            CHECK(failure.words.zh.find(line) != std::string::npos);
        }
        CHECK(failure.words.en.find(":5: \"days\" in [late] must be a number from 0 to 366") != std::string::npos);
    }
}

TEST_CASE("what students may read of hidden tests is settled when a run begins, whatever the clock does meanwhile") {
    ClassRun run;
    run.course.hidden_until = 1;  // 1970
    CHECK(shown_now(run.course) == HiddenTests::all);
    const std::string points_only = key_of(run, "/no/attempt");
    run.course.hidden_until.reset();
    CHECK(shown_now(run.course) == HiddenTests::points);
    CHECK(key_of(run, "/no/attempt") == points_only);
    run.shown = HiddenTests::all;
    CHECK(key_of(run, "/no/attempt") != points_only);
}

TEST_CASE("what is late loses what the course says, and nobody else does") {
    const Course course = course_of();
    CHECK(booked("2026-12-07 20:00", course) == 5);
    CHECK(booked("2026-12-08 00:08", course) == 5);  // ten minutes of grace
    CHECK(booked("2026-12-08 00:10", course) == 4.5);
    CHECK(booked("2026-12-10 12:00", course) == 3.5);
    CHECK(booked("2026-12-11 00:10", course) == 0);  // a fourth day has begun
    CHECK(booked("", course) == 5);                  // nobody knows when
    Course extended = course;
    extended.extensions["ada"] = *moment_of("2026-12-20 23:59", 8 * 3600);
    CHECK(booked("2026-12-11 00:10", extended) == 5);
    CHECK(booked("2026-12-11 00:10", extended, "bob") == 0);
}

TEST_CASE("weights and parts, the latest attempt or the best") {
    Course course = course_of();
    course.weights["summing"] = 2;
    Row row = row_of("ada", "");
    book(row, {outcome_of(2, 3), outcome_of(0, 1)}, course, {});
    CHECK(row.total() == 2);
    course.best = true;
    row = row_of("ada", "");
    book(row, {outcome_of(0, 3), outcome_of(2, 1)}, course, {});
    CHECK(row.total() == 8);
    course.parts["summing"] = {"hard"};
    row = row_of("ada", "");
    book(row, {outcome_of(2, 3)}, course, {});
    CHECK(row.total() == 2);
    CHECK(course.most_points(course.exercises[1]) == 6);  // three points, doubled
}

TEST_CASE("what a person decided stands beside what the machine said") {
    const Scratch scratch;
    const Course course = course_of();
    std::vector<Row> rows = {row_of("ada", "2026-12-08 12:00")};
    const auto overrides =
        load_overrides(written(scratch, "id,exercise,score,reason\nada,summing,5.5,\"oral, 3 Dec\"\n"), rows, course);
    book(rows[0], {outcome_of(2, 3)}, course, overrides);
    CHECK(rows[0].total() == 7.3);  // 1.8, late, and 5.5, decided
    const std::string text = gradebook(rows, course, "csv", Language::en);
    CHECK(text.find(",1.8,5.5,7.3,10,5,\"summing: 5.5 instead of 3 (oral, 3 Dec)\",1 day(s) late: 10 % off") !=
          std::string::npos);
    for (const char* line : {"eve,summing,1,x", "ada,none,1,x", "ada,summing,-1,x", "ada,summing,nan,x",
                             "ada,summing,1 point,x", "ada,summing,1, "}) {
        INFO(line);
        const auto file = written(scratch, std::string("id,exercise,score,reason\n") + line + "\n");
        CHECK_THROWS_AS(load_overrides(file, rows, course), Failure);
    }
}

TEST_CASE("Moodle and Canvas find their students; what was not graded is no zero anywhere") {
    const Course course = course_of();
    std::vector<Row> rows = {row_of("101", ""), row_of("102", "")};
    for (Row& row : rows) {
        row.student.number = row.student.id;
        row.student.name = "李明";
        book(row, {outcome_of(2, 3)}, course, {});
    }
    CHECK(gradebook(rows, course, "moodle", Language::en).find("\r\nParticipant 101,李明,5,10,Yes,,\r\n") !=
          std::string::npos);
    const std::string zh = gradebook(rows, course, "moodle", Language::zh);
    CHECK(zh.starts_with("标识符,全名,成绩,最高分,允许更改成绩,上次修改（评分）,反馈评论\r\n参与人101,李明,5,10,是,"));
    // In Chinese, for Excel; elsewhere, and in what is uploaded, nothing is before the heading.
    CHECK(gradebook(rows, course, "csv", Language::zh).starts_with("\xEF\xBB\xBFid,"));
    CHECK(gradebook(rows, course, "csv", Language::en).starts_with("id,"));
    CHECK(gradebook(rows, course, "canvas", Language::en) ==
          "Student,ID,SIS User ID,SIS Login ID,Section,qkv\r\n\"    Points "
          "Possible\",,,,,10\r\n李明,101,,,,5\r\n李明,102,,,,5\r\n");
    rows[1].standing = Standing::not_graded;
    for (const char* form : {"moodle", "canvas"}) {
        CHECK(gradebook(rows, course, form, Language::en).find("101") != std::string::npos);
        CHECK(gradebook(rows, course, form, Language::en).find("102") == std::string::npos);
    }
    CHECK(gradebook(rows, course, "csv", Language::en).find("102,李明,S001,not graded,0,,,,10,,,") !=
          std::string::npos);
}

TEST_CASE("likeness: what the stub gave is left out, and percentages are read") {
    CHECK(without_lines_of("int a;\n  return x;\n}\n\nint b;\n", {"return  x;\nfloat c;\n"}) == "int a;\n}\nint b;\n");
    const auto pairs = read_percentages(
        "S001.cpp consists for 97 % of S002.cpp material\nnonsense\nS003.cpp consists for 8 % of reference.cpp "
        "material\n",
        "counting");
    REQUIRE(pairs.size() == 2);
    CHECK(pairs[0].one == "S001");
    CHECK(pairs[0].other == "S002");
    CHECK(pairs[0].percent == 97);
    CHECK(pairs[1].other == "the reference");
}

TEST_CASE("the time that is left, as people say it") {
    CHECK(duration_words(0.4, Language::en) == "1 s");
    CHECK(duration_words(89, Language::en) == "89 s");
    CHECK(duration_words(100, Language::en) == "2 min");
    CHECK(duration_words(7500, Language::en) == "2 h 5 min");
    CHECK(duration_words(7500, Language::zh) == "2 小时 5 分");
}

TEST_CASE("an archive is to blame for what unpack says of it, and for nothing else") {
    const Scratch scratch;
    Toolchain toolchain;
    toolchain.build = scratch.path();
    const std::filesystem::path archive = scratch.write("ada.zip", "PK"), program = scratch.path() / "bin" / "unpack";
    const auto said_by = [&](const std::string& script) {
        if (!script.empty()) {
            scratch.write("bin/unpack", "#!/bin/sh\n" + script + "\n");
            std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        }
        try {
            return unpack(toolchain, archive, scratch.path()).fault.en;
        } catch (const Failure& failure) {
            return failure.status == kit_fault ? std::string("the machine") : failure.what();
        }
    };
    CHECK(said_by("") == "the machine");  // it is not there
    CHECK(said_by("echo broken; exit 1").find("damaged") != std::string::npos);
    CHECK(said_by("echo '1 a.cpp'; echo encrypted; exit 1").find("password") != std::string::npos);
    CHECK(said_by("echo 'bwrap: Creating new namespace failed: Resource temporarily unavailable'; exit 1") ==
          "the machine");
    CHECK(said_by("exit 1") == "the machine");
    CHECK(said_by("echo 'open: Permission denied'; exit 2") == "the machine");
    CHECK(said_by("kill -9 $$") == "the machine");
    CHECK(said_by("kill -6 $$").find("memory") != std::string::npos);
}
