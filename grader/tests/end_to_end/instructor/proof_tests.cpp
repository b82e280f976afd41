// ./grade verify notices what an instructor must know.
#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

/// A copy of the kit `proven` with one file changed.
TestKit changed_kit(const Scratch& scratch, const std::string& file, const std::string& piece,
                    const std::string& replacement) {
    TestKit kit = copied_kit(scratch);
    scratch.write(file, with(read_text(scratch.path / file), piece, replacement));
    return kit;
}

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a proven exercise passes verify, with the test that caught each mutant") {
    const Said said = grader({"verify"}, proven_kit());
    CHECK(said.status == 0);
    CHECK(says(said, "2 exercises, 4 mutants, 4 of them named in words, compare finds 4 of 4 that change an output"));
    CHECK(says(said, "divides_by_all    running_means  the mean of the first two rows knows nothing of the third"));
}

TEST_CASE("a mutant that no test catches is a fault") {
    const Scratch scratch;
    const TestKit kit = changed_kit(scratch, "solutions/counting/mutants.toml", "i == 0 ? 1 : means.rows()",
                                    "i < 1000 ? i + 1 : means.rows()");
    const Said said = grader({"verify", "counting"}, kit);
    CHECK(said.status == 1);
    CHECK(says(said, "mutants.toml:10: mutant \"divides_by_all\" survives"));
}

TEST_CASE("a mutant that loses another part is a fault") {
    const Scratch scratch;
    const TestKit kit =
        changed_kit(scratch, "solutions/counting/mutants.toml", "part = \"running_sums\"", "part = \"running_means\"");
    const Said said = grader({"verify", "counting"}, kit);
    CHECK(said.status == 1);
    CHECK(says(said, "mutants.toml:1: mutant \"first_row_twice\" also loses part \"running_sums\""));
}

TEST_CASE("a mutant whose place is not found exactly once is a fault") {
    const Scratch scratch;
    const Said gone = grader({"verify", "counting"}, changed_kit(scratch, "solutions/counting/mutants.toml",
                                                                 "sums.row(i) += sums.row(i - 1);", "no such line"));
    CHECK(gone.status == 1);
    CHECK(says(gone, "stands nowhere in the reference"));
    const Scratch other;
    const Said twice = grader({"verify", "counting"}, changed_kit(other, "solutions/counting/mutants.toml",
                                                                  "sums.row(i) += sums.row(i - 1);", "sums"));
    CHECK(says(twice, "stands more than once in the reference"));
}

TEST_CASE("a mutant that does not compile is a fault") {
    const Scratch scratch;
    const Said said =
        grader({"verify", "counting"}, changed_kit(scratch, "solutions/counting/mutants.toml",
                                                   "sums.row(i) += sums.row(0);", "sums.row(i) += nothing;"));
    CHECK(said.status == 1);
    CHECK(says(said, "mutant \"first_row_twice\" does not compile"));
}

TEST_CASE("equal mutants must share their diagnosis") {
    const Scratch scratch;
    const std::string twin =
        "[[mutant]]\nid = \"twin\"\npart = \"running_sums\"\nfind = \"sums.row(i) += sums.row(i - 1);\"\n"
        "replace = \"sums.row(i) += sums.row(0) + 0 * sums.row(1);\"\ndiagnosis = { en = \"Something else.\" "
        "}\n\n[[mutant]]\nid = \"first_row_twice\"";
    const Said said = grader({"verify", "counting"}, changed_kit(scratch, "solutions/counting/mutants.toml",
                                                                 "[[mutant]]\nid = \"first_row_twice\"", twin));
    CHECK(said.status == 1);
    CHECK(says(said, "give the same outputs but have different diagnoses"));
}

TEST_CASE("a stub that scores, and a reference that fails, are faults") {
    const Scratch scratch;
    const Said scores = grader({"verify", "counting"},
                               changed_kit(scratch, "exercises/counting/stub.cpp",
                                           "Matrix running_sums(const Matrix& values) { qkv::todo(); }",
                                           "Matrix running_sums(const Matrix& values) { Matrix s = values; for (Index "
                                           "i = 1; i < s.rows(); ++i) s.row(i) += s.row(i - 1); return s; }"));
    CHECK(scores.status == 1);
    CHECK(says(scores, "as shipped, part \"running_sums\" is passed instead of not_implemented"));
    const Scratch other;
    const Said fails =
        grader({"verify", "counting"}, changed_kit(other, "solutions/counting/counting.cpp",
                                                   "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i + 2)"));
    CHECK(fails.status == 1);
    CHECK(says(fails, "the reference does not pass \"the means of three rows\""));
}

TEST_CASE("old recordings are a fault, and --record mends them") {
    const Scratch scratch;
    const TestKit kit = changed_kit(scratch, "solutions/counting/mutants.toml", "sums.row(i) += sums.row(0);",
                                    "sums.row(i) -= sums.row(0);");
    const Said old = grader({"verify", "counting"}, kit);
    CHECK(old.status == 1);
    CHECK(says(old, "golden/mutants.safetensors:1: not what the mutants return now; run ./grade verify --record"));
    CHECK_FALSE(says(old, "diagnoses.toml:1:"));
    CHECK(grader({"verify", "--record", "counting"}, kit).status == 0);
    CHECK_FALSE(says(grader({"verify", "counting"}, kit), ":1: not what"));
}

TEST_CASE("what is recorded of a mutant that is gone is a fault, in a sample too; a mutant left out of one is none") {
    const std::string last = read_text(proven_kit().root + "/solutions/counting/mutants.toml");
    const std::string block = last.substr(last.find("[[mutant]]\nid = \"divides_by_index\""));
    const Scratch scratch;
    const TestKit kit = changed_kit(scratch, "solutions/counting/mutants.toml", block, "");
    for (const char* every : {"1", "2"}) {
        INFO(every);
        CHECK(says(grader({"verify", "--every", every, "counting"}, kit), "not what the mutants return now"));
        CHECK(grader({"verify", "--every", every, "counting"}, proven_kit()).status == 0);
    }
}

TEST_CASE("a sentence that changed changes one line of what is recorded") {
    const Scratch scratch;
    const TestKit kit = changed_kit(scratch, "solutions/counting/mutants.toml", "The first row is added each time",
                                    "Only the first row is added each time");
    const auto sentences = scratch.path / "exercises/counting/diagnoses.toml";
    const auto outputs = scratch.path / "exercises/counting/golden/mutants.safetensors";
    const std::string sentences_before = read_text(sentences), outputs_before = read_text(outputs);
    const Said old = grader({"verify", "counting"}, kit);
    CHECK(old.status == 1);
    CHECK(says(old, "diagnoses.toml:1: not what mutants.toml says now; run ./grade verify --record counting"));
    CHECK_FALSE(says(old, "mutants.safetensors:1:"));
    CHECK(grader({"verify", "--record", "counting"}, kit).status == 0);
    CHECK(grader({"verify", "counting"}, kit).status == 0);
    CHECK(read_text(outputs) == outputs_before);
    CHECK(read_text(sentences) ==
          with(sentences_before, "\"The first row is added each time", "\"Only the first row is added each time"));
}

TEST_CASE("recordings that are damaged stop the grading with one line that names the file") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string file = "exercises/counting/diagnoses.toml";
    scratch.write(file, "[[diagnosis]]\nmutants = 5\n");
    scratch.write("counting.cpp",
                  with(read_text(kit.root + "/solutions/counting/counting.cpp"), "sums.row(i - 1)", "sums.row(0)"));
    const Said wrong = grader({"run", "--submission", scratch.path.string(), "counting"}, kit);
    CHECK(wrong.status == 3);
    CHECK(says(wrong, file + ":1: \"en\" in [[diagnosis]] is missing"));
    // Who made no mistake needs no sentence.
    CHECK(grader({"run", "--solutions", "counting"}, kit).status == 0);
}

TEST_CASE("files that disagree are faults, all in one go, each with its file and line") {
    struct Change {
        std::string file, piece, replacement, words;
    };
    const std::string exercise = "exercises/counting/", solution = "solutions/counting/";
    const std::vector<Change> changes = {
        {exercise + "exercise.toml",
         ", { en = \"The row above plus the new one.\", zh = \"上一行的结果加上新的一行。\" }", "",
         "exercise.toml:9: part \"running_sums\" has 2 hints; it needs at least 3"},
        {exercise + "exercise.toml", "zh = \"哪些和已经算好了？\"", "zh = \"\"",
         "exercise.toml:16: a hint of part \"running_means\" has no Chinese text"},
        {exercise + "exercise.toml", "zh = \"累加\"", "zh = \"\"", "exercise.toml:1: the title has no Chinese text"},
        {exercise + "exercise.toml", ", zh = \"到目前为止各行之和\"", "",
         "exercise.toml:9: the title of part \"running_sums\" has no Chinese text"},
        {exercise + "counting.hpp", "}  // namespace counting", "Matrix forgotten(const Matrix& a);\n}",
         "counting.hpp:20: forgotten is declared here, but stub.cpp does not define it"},
        {exercise + "remote.hpp", "QKV_REMOTE(counting, running_means)", "",
         "counting.hpp:18: running_means is declared here, but remote.hpp does not list it"},
        {exercise + "README.md", "`running_means`) divides", "`x`) divides", ""},
        {exercise + "README.zh.md", "`running_means`（部分 `running_means`）", "",
         "README.zh.md:1: part \"running_means\" is not mentioned"},
        {solution + "hidden_tests.cpp", "QKV_RANDOM_CASES(counting, running_sums, \"running_sums\")", "",
         "counting.hpp:15: running_sums is declared here, but hidden_tests.cpp does not test it"},
        {solution + "mutants.toml", "part = \"running_sums\"", "part = \"running_sums\"\nseen = \"nowhere\"", ""},
        {exercise + "stub.cpp", "Matrix running_sums",
         "// for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);\nMatrix running_sums",
         "stub.cpp:5: this line gives the reference away"},
    };
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    for (const Change& change : changes) {
        scratch.write(change.file, with(read_text(scratch.path / change.file), change.piece, change.replacement));
    }
    scratch.write(exercise + "quiz.toml",
                  "[[question]]\nid = \"one\"\nkind = \"trace\"\nprompt = { en = \"What?\", zh = \"什么？\" }\n"
                  "code = 'for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);'\n"
                  "answer = \"1\"\nexplanation = { en = \"So.\" }\n");
    std::filesystem::remove(scratch.path / solution / "cases.hpp");
    const Said said = grader({"verify", "counting"}, kit);
    CHECK(said.status == 1);
    INFO(said.text);
    for (const Change& change : changes) CHECK(says(said, change.words));
    CHECK(says(said, "cases.hpp:1: this file is missing"));
    CHECK(says(said, "quiz.toml:1: question \"one\": the explanation has no Chinese text"));
    CHECK(says(said, "quiz.toml:5: this line gives the reference away"));
}

TEST_CASE("a part without a test stops the grading as a fault of the kit") {
    const Scratch scratch;
    const TestKit kit = changed_kit(
        scratch, "exercises/counting/exercise.toml", "[[part]]\nid = \"running_sums\"",
        "[[part]]\nid = \"untested\"\ntitle = { en = \"Untested\" }\npoints = 1\n\n[[part]]\nid = \"running_sums\"");
    const Said said = grader({"run", "--solutions", "counting"}, kit);
    CHECK(said.status == 3);
    CHECK(says(said, "exercise.toml:9: part \"untested\" has no test"));
}

TEST_CASE("a needed exercise is the reference, unless the learner's own is asked for") {
    const Scratch scratch;
    const TestKit kit = proven_kit();
    scratch.write("summing.cpp", read_text(kit.root + "/solutions/summing/summing.cpp"));
    scratch.write("counting.cpp",
                  with(read_text(kit.root + "/solutions/counting/counting.cpp"), "sums.row(i - 1)", "sums.row(0)"));
    const Said borrowed = graded({"--submission", scratch.path.string()}, kit);
    CHECK(earned(borrowed.json, "summing") == std::vector<std::string>{"total"});
    const Said own = graded({"--submission", scratch.path.string(), "--own-stack"}, kit);
    CHECK(earned(own.json, "summing").empty());
    CHECK(part(own.json, "summing", "total").at("status") == "blocked");
    const Said all = graded({"--solutions", "--own-stack"}, kit);
    CHECK(all.status == 0);
}

TEST_CASE("practice runs on what the learner's own file earns, and else on the reference, and says so") {
    const Scratch kit_copy, scratch;
    const TestKit kit = copied_kit(kit_copy);
    const std::string manifest = "exercises/summing/exercise.toml";
    kit_copy.write(manifest, with(read_text(kit.root + "/" + manifest), "\"advanced\"", "\"practice\""));
    const std::string right = read_text(kit.root + "/solutions/counting/counting.cpp");
    scratch.write("summing.cpp", read_text(kit.root + "/solutions/summing/summing.cpp"));
    const auto graded_on = [&](const std::string& counting) {
        scratch.write("counting.cpp", counting);
        return graded({"--submission", scratch.path.string(), "practice"}, kit).json.at("exercises").at(0);
    };
    using Names = std::vector<std::string>;
    for (const std::string& whole : {right, right + "// another way of writing it\n"}) {
        const auto own = graded_on(whole);
        CHECK(own.at("own_needs") == Names{"counting"});
        CHECK(own.at("track") == "practice");
        CHECK(own.at("score") == 4);
    }
    CHECK(says(grader({"run", "--submission", scratch.path.string(), "summing"}, kit), "with your own counting"));
    for (const std::string& short_of : {with(right, "sums.row(i - 1)", "sums.row(0)"),  // wrong for what it is lent to
                                        with(right, "/= static_cast<Scalar>(i + 1)", "/= 2"), std::string("no C++"),
                                        read_text(kit.root + "/exercises/counting/stub.cpp")}) {
        const auto borrowed = graded_on(short_of);
        CHECK(borrowed.at("own_needs").empty());
        CHECK(borrowed.at("score") == 4);
    }
    CHECK(says(grader({"run", "--submission", scratch.path.string(), "summing"}, kit), "with the kit's counting"));
    CHECK(says(grader({"run", "--lang", "zh", "--solutions", "summing"}, kit), "参考实现：counting"));
}

TEST_CASE("without references, the learner's own stack is graded") {
    const Scratch scratch;
    const TestKit kit = proven_kit();
    std::filesystem::copy(kit.root + "/exercises", scratch.path / "exercises",
                          std::filesystem::copy_options::recursive);
    for (const char* id : {"counting", "summing"}) {
        scratch.write(std::string("exercises/") + id + "/" + id + ".cpp",
                      read_text(kit.root + "/solutions/" + id + "/" + id + ".cpp"));
    }
    const Said said = graded({}, {scratch.path.string(), kit.toolchain});
    CHECK(said.status == 0);
    CHECK(said.json.at("score") == 9);
}
