// What a class gets to read: gradebook, rosters, rules, feedback and the page about the class.
#include <cstdlib>
#include <map>

#include "a_class.hpp"
#include "base/process.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

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
    CHECK(says(said.text, "1 of them not on the roster"));
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
    const std::string roster = (some.scratch.path / "roster.csv").string();
    for (const char* column : {"submitted_at", "Submitted At"}) {
        INFO(column);
        some.scratch.write("roster.csv",
                           "id," + std::string(column) + "\nada,2026-12-07 10:00\nada,2026-12-08 10:00\n");
        const Said said = some.grade({"--roster", roster});
        CHECK(said.status == 0);
        CHECK_FALSE(says(said.text, "nobody is late"));
        CHECK(points(some, "ada") == "4");
    }
    // What no column tells is not passed over in silence.
    some.scratch.write("roster.csv", "id,handed_in\nada,2026-12-08 10:00\n");
    CHECK(says(some.grade({"--roster", roster}).text, "nobody is late: the roster's column submitted_at would tell"));
    CHECK(points(some, "ada") == "5");
}

TEST_CASE("no file for an LMS with old points stays beside a new gradebook; who is left out of it is counted") {
    const Class some;
    some.hand_in("Ada_7_assignsubmission_file/counting.cpp", wrong_text);
    some.hand_in("bob.cpp", right_text);
    const Said said = some.grade({"--for", "moodle"});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said.text, "1 of them are not in it"));
    const std::string file = "gradebook-moodle.csv";
    CHECK_FALSE(says(some.grade({"--for", "canvas"}).text, "not in it"));
    CHECK(says(some.out(file), "Participant 7,Ada,3,"));
    some.hand_in("Ada_7_assignsubmission_file/counting.cpp", right_text);
    CHECK(some.grade().status == 0);
    CHECK_FALSE(std::filesystem::exists(some.scratch.path / "out" / file));
    CHECK(some.grade({"--for", "moodle"}).status == 0);
    CHECK(says(some.out(file), "Participant 7,Ada,5,"));
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

TEST_CASE(
    "what counts otherwise than a report says stands above it; a mistake where nothing counts is not the class's") {
    Class some;
    some.hand_in("ada.cpp", wrong_text);
    CHECK(some.grade().status == 0);
    CHECK(says(some.out("class.html"), "the divisor is one too small"));
    some.course += "[weights]\ncounting = 2\n[parts]\ncounting = [\"running_sums\"]\n";
    CHECK(some.grade().status == 0);
    CHECK(points(some, "ada") == "6");
    CHECK_FALSE(says(some.out("class.html"), "the divisor is one too small"));
    for (const char* line : {"counting: points count 2 times", "counting: only these parts count: running_sums"})
        CHECK(says(some.out("feedback/ada.txt"), line));
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
    refused(some.grade(), "course.toml:1: there is no exercise \"count\"");
    some.course = start;
    some.scratch.write("roster.csv", "name\nAda\n");
    refused(some.grade({"--roster", (some.scratch.path / "roster.csv").string()}), "column id");
    some.scratch.write("roster.csv", "id\nada\n");
    some.course = start + "deadline = 2026-12-07T23:59:00Z\n[extensions]\nadda = 2026-12-09T23:59:00Z\n";
    refused(some.grade({"--roster", (some.scratch.path / "roster.csv").string()}),
            "[extensions]: nobody in this class has the id \"adda\"");
    some.course = start;
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

TEST_CASE("a gradebook that a spreadsheet saved anew stops nobody: it is kept, and the new one is written") {
    const Class some;
    some.hand_in("ada.cpp", wrong_text);
    CHECK(some.grade().status == 0);
    const std::string saved = "id;name\r\nada;\xC0\xEE\xC3\xF7\r\n";  // in GBK
    some.scratch.write("out/gradebook.csv", saved);
    some.hand_in("ada.cpp", right_text);
    const Said said = some.grade();
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said.text, "gradebook.csv: not in UTF-8"));
    CHECK(says(said.text, "the changes are not listed"));
    CHECK(points(some, "ada") == "5");
    const auto history = fs::directory_iterator(some.scratch.path / "out" / "history")->path();
    CHECK(read_text(history / "gradebook.csv") == saved);
}
