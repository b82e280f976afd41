// A class: tables, times, the gradebook, likeness.
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
    CHECK(read_sheet(written(scratch, "id,name\n1,a,,\n"), {"id"}).cell(0, "name") == "a");
    CHECK(
        refusal(written(scratch, "id,name,path\n1,a,b\n2,Lovelace, Ada,ada\n"), {"id"}).find("row 3 has more cells") !=
        std::string::npos);
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
                             "2026-12-07 23:59:00.", "yesterday", "2026-02-30 10:00", "2026/11/31 10:00"})
        CHECK_FALSE(moment_of(text, 0));
    CHECK(moment_of("2026-12-07 23:59:00.250", 8 * 3600) == known);
}

TEST_CASE("a time without an offset has the deadline's, whether that stands in quotes or not") {
    const Scratch scratch;
    Kit kit;
    kit.catalog = {exercise_of("counting", 4)};
    for (const char* deadline :
         {"2026-12-07T23:59:00+08:00", "2026-12-07 23:59:00+08:00", "\"2026-12-07T23:59:00+08:00\"",
          "\"2026-12-07 23:59 +08:00\"", "\"2026/12/7 23:59+08:00\""}) {
        INFO(deadline);
        const Course course =
            load_course(scratch.write("course.toml", "deadline = " + std::string(deadline) + "\n"), kit);
        CHECK(course.deadline == moment_of("2026-12-07T15:59:00Z", 0));
        CHECK(course.offset == 8 * 3600);
    }
    CHECK(load_course(scratch.write("course.toml", "deadline = \"2026-12-07T15:59:00Z\"\n"), kit).offset == 0);
    CHECK(load_course(scratch.write("course.toml", "deadline = \"2026-12-07 10:59 -05:00\"\n"), kit).offset ==
          -5 * 3600);
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
                             "ada,summing,1 point,x", "ada,summing,1, ", "ada,summing,1,x\nada,summing,2,x"}) {
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
