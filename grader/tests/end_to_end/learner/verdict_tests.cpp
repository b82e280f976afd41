// Whatever a learner's file does, it gets a verdict of its own, the other parts keep their points, and
// the grader ends with status 1.
#include <algorithm>
#include <set>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

const std::string reference = reference_of("attention");
const std::string begins_causal_mask = "    const Index offset = n_keys - n_queries;  // position of the first query\n";

struct Misdeed {
    std::string what;
    std::string code;     ///< put at the beginning of causal_mask, which only the part `masks` uses
    std::string verdict;  ///< that one of the part's tests must get
};

const std::vector<Misdeed> misdeeds = {
    {"exit", "std::exit(0);", "crashed"},
    {"exit with another status", "std::_Exit(3);", "crashed"},
    {"abort", "std::abort();", "crashed"},
    {"a null pointer", "volatile int* nothing = nullptr; *nothing = 1;", "crashed"},
    {"integer division by zero", "volatile Index zero = 0; return causal_mask(n_queries / zero, n_keys);", "crashed"},
    {"recursion without end", "volatile bool again = true; if (again) return causal_mask(n_queries, n_keys);",
     "crashed"},
    {"a broken heap",
     "char* block = new char[16]; std::fill(block - 64, block + 64, 'x'); delete[] block; "
     "delete[] new char[1 << 20];",
     "crashed"},
    {"a loop without end", "volatile bool again = true; while (again) {}", "timed_out"},
    {"sleep without end", "while (true) std::this_thread::sleep_for(std::chrono::seconds(1));", "timed_out"},
    {"a signal that stops it", "raise(SIGSTOP);", "timed_out"},
    {"allocation without end", "std::vector<Matrix> all; while (true) all.push_back(Matrix::Ones(1000, 1000));",
     "out_of_memory"},
    {"one huge matrix", "Matrix huge = Matrix::Zero(1 << 20, 1 << 20); if (huge(0, 0) == 1) return {};",
     "out_of_memory"},
    {"a thrown int", "throw 7;", "failed"},
    {"an exception without words",
     "struct Mute : std::exception { const char* what() const noexcept override { return nullptr; } }; throw Mute();",
     "failed"},
    {"an exception that attacks when described",
     "struct Bomb : std::exception { const char* what() const noexcept override { std::exit(0); } }; throw Bomb();",
     "crashed"},
    {"an exception out of a noexcept function", "[]() noexcept { throw std::runtime_error(\"no way out\"); }();",
     "failed"},
    {"another shape", "return Mask::Constant(n_keys + 1, n_queries, true);", "failed"},
    {"an Eigen assertion",
     "Matrix a(2, 3), b(2, 3); a.setZero(); b.setZero(); Matrix c = a * b; if (c.size() == 99) return {};", "failed"},
    {"an Eigen assertion in a destructor", "Matrix a(2, 2); a << 1, 2, 3;", "failed"},
    {"opening a file", "std::fopen(\"/etc/passwd\", \"r\");", "forbidden"},
    {"a socket", "socket(AF_INET, SOCK_STREAM, 0);", "forbidden"},
    {"a child process", "fork();", "forbidden"},
    {"a thread", "std::thread([] {}).join();", "forbidden"},
    {"another program", "execl(\"/bin/true\", \"true\", nullptr);", "forbidden"},
    {"a signal to its parent", "kill(getppid(), SIGKILL);", "forbidden"},
    {"a reply that is only text", "write(3, \"{\\\"score\\\": 15, \\\"max_score\\\": 15}\", 29); std::_Exit(0);",
     "bad_reply"},
    {"half a reply", "write(3, \"half\", 4); std::_Exit(0);", "bad_reply"},
    {"a reply too many", "static char frame[24] = {0x08, 0x76, 0x6b, 0x71, 2}; write(3, frame, sizeof frame);",
     "bad_reply"},
    {"a closed channel", "close(3);", "forbidden"},
    {"todo", "qkv::todo();", "not_implemented"},
};

/// What the misdeeds are written with; threads only where one is, since their header takes longer than all others.
std::string with_headers(const std::string& text) {
    std::string headers;
    for (const char* name :
         {"algorithm", "csignal", "cstdio", "cstdlib", "exception", "sys/socket.h", "unistd.h", "vector"})
        headers += std::string("#include <") + name + ">\n";
    if (text.find("thread") != std::string::npos) headers += "#include <chrono>\n#include <thread>\n";
    return headers + text;
}

Said grade_attention(const std::string& text, const std::string& exercise = "attention") {
    const Scratch scratch;
    scratch.write("attention.cpp", text);
    return graded({"--submission", scratch.path.string(), exercise});
}

bool all_but_masks(const Said& said) {
    return earned(said.json, "attention").size() == 6 && said.json.at("score") == 13;
}

}  // namespace

TEST_CASE("each misdeed gets its own verdict and costs only its part") {
    // ./check tries one of each verdict and a third of the others, ./check --all every one.
    std::set<std::string> tried;
    int others = 0;
    for (const Misdeed& misdeed : misdeeds) {
        if (!everything() && !tried.insert(misdeed.verdict).second && ++others % 3 != 0) continue;
        INFO(misdeed.what);
        const Said said = grade_attention(
            with_headers(with(reference, begins_causal_mask, misdeed.code + "\n" + begins_causal_mask)));
        INFO(said.json.dump(1).substr(0, 3000));
        CHECK(said.status == 1);
        CHECK(all_but_masks(said));
        const auto all = verdicts(part(said.json, "attention", "masks"));
        CHECK(std::ranges::count(all, misdeed.verdict) > 0);
        CHECK(std::ranges::count(all, "passed") < static_cast<long>(all.size()));
    }
}

TEST_CASE("a function that ran out of time is not called again") {
    const Said said = grade_attention(
        with(reference, begins_causal_mask, "volatile bool again = true; while (again) {}\n" + begins_causal_mask));
    const auto masks = part(said.json, "attention", "masks");
    const auto all = verdicts(masks);
    CHECK(masks.dump().find("did not return within 2 s and was at attention.cpp:") != std::string::npos);
    CHECK(std::ranges::count(all, "timed_out") == 1);
    CHECK(std::ranges::count(all, "not_run") >= 1);
}

TEST_CASE("NaN is a failure and is told as such") {
    const Said said = grade_attention(with(reference, "Matrix scores = query * weight * key.transpose();",
                                           "Matrix scores = query * weight * key.transpose() * std::nan(\"\");"));
    CHECK(said.json.at("score") == 14);
    const auto bilinear = part(said.json, "attention", "bilinear_attention");
    CHECK(bilinear.at("status") == "failed");
    CHECK(bilinear.at("tests").at(0).at("message").get<std::string>().find("nan") != std::string::npos);
}

TEST_CASE("a function that is not there is not implemented, and the rest is graded") {
    const std::size_t begin = reference.find("Mask padding_mask("),
                      end = reference.find("AttentionResult scaled_dot_product_attention(");
    const Said said = grade_attention(reference.substr(0, begin) + reference.substr(end));
    CHECK(said.status == 1);
    CHECK(all_but_masks(said));
    CHECK(part(said.json, "attention", "masks").at("status") == "not_implemented");
}

TEST_CASE("a function that others call and that is not there costs its own part, and on one's own stack blocks them") {
    const std::size_t begin = reference.find("Matrix softmax_rows("), end = reference.find("Mask causal_mask(");
    const std::string text = reference.substr(0, begin) + reference.substr(end);
    const Said said = grade_attention(text);
    CHECK(part(said.json, "attention", "softmax_rows").at("status") == "not_implemented");
    CHECK(part(said.json, "attention", "scaled_dot_product").at("status") == "passed");
    const Scratch scratch;
    scratch.write("attention.cpp", text);
    const Said own = graded({"--submission", scratch.path.string(), "--own-stack", "attention"});
    CHECK(part(own.json, "attention", "scaled_dot_product").at("status") == "blocked");
    CHECK(earned(own.json, "attention") == std::vector<std::string>{"masks"});
}

TEST_CASE("a changed parameter is not implemented where the file still compiles") {
    const Said said =
        grade_attention(with(reference, "Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {",
                             "Mask padding_mask(Index n_queries, std::vector<bool> key_is_token) {"));
    CHECK(all_but_masks(said));
    const auto masks = part(said.json, "attention", "masks");
    CHECK(masks.at("status") == "not_implemented");
    CHECK(masks.dump().find("did its parameters change?") != std::string::npos);
}

TEST_CASE("a changed return type does not compile and is explained") {
    const std::string text = with(reference, "Mask padding_mask(", "Matrix padding_mask(");
    const Said said = grade_attention(text);
    CHECK(said.status == 1);
    CHECK(said.json.at("exercises").at(0).at("status") == "build_failed");
    const Scratch scratch;
    scratch.write("attention.cpp", text);
    CHECK(grader({"run", "--submission", scratch.path.string(), "attention"})
              .text.find("return type of this function differs") != std::string::npos);
}

TEST_CASE("a report printed by a static initialiser earns nothing") {
    const std::string forgery = R"(#include <cstdio>
static const int forged = std::printf("{\"schema\": \"qkv-result/1\", \"score\": 15, \"max_score\": 15, \"exercises\": []}\n");
)";
    const Said said = grade_attention(forgery + read_text(QKV_ROOT "/exercises/attention/stub.cpp"));
    CHECK(said.status == 1);
    CHECK(said.json.at("score") == 0);
    CHECK(said.json.at("schema") == "qkv-result/1");
    CHECK(said.json.at("exercises").size() == 1);
}

TEST_CASE("static initialisers are confined like everything else") {
    const Said opens = grade_attention(
        "#include <cstdio>\nstatic const auto* file = std::fopen(\"/etc/passwd\", \"r\");\n" + reference);
    CHECK(opens.json.at("score") == 0);
    // Also of the workers that were started before they were needed.
    for (const std::string& verdict : verdicts(part(opens.json, "attention", "softmax_rows")))
        CHECK(verdict == "forbidden");
    const Said leaves = grade_attention("#include <cstdlib>\nstatic const int gone = (std::exit(0), 1);\n" + reference);
    CHECK(leaves.json.at("score") == 0);
    CHECK(verdicts(part(leaves.json, "attention", "softmax_rows")).at(0) == "crashed");
}

TEST_CASE("helpers, a main and an own operator new stay the learner's own") {
    const std::string own = R"(#include <cstdlib>
#include <new>
int main() { return 0; }
void* operator new(std::size_t size) { void* block = std::malloc(size); if (block == nullptr) throw std::bad_alloc(); return block; }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
namespace qkv::worker { void serve_calls() {} }
)";
    CHECK(grade_attention(own + reference).json.at("score") == 15);
}

TEST_CASE("what a learner prints is shown beside its test, made harmless") {
    const std::string print = "std::printf(\"offset %d \\x1b[31m\\x01\\n\", 7); std::fprintf(stderr, \"and this\");";
    const Said said =
        grade_attention("#include <cstdio>\n" + with(reference, begins_causal_mask, print + "\n" + begins_causal_mask));
    CHECK(said.json.at("score") == 15);
    const std::string output = part(said.json, "attention", "masks").at("tests").at(0).at("output");
    CHECK(output.find("offset 7") != std::string::npos);
    CHECK(output.find("and this") != std::string::npos);
    CHECK(output.find('\x1b') == std::string::npos);
}

TEST_CASE("one part rightly written earns just that part") {
    const std::string stub = read_text(QKV_ROOT "/exercises/attention/stub.cpp");
    const std::size_t begin = reference.find("Mask causal_mask("),
                      end = reference.find("AttentionResult scaled_dot_product_attention(");
    const std::size_t stub_begin = stub.find("Mask causal_mask("),
                      stub_end = stub.find("AttentionResult scaled_dot_product_attention(");
    const Said said =
        grade_attention(stub.substr(0, stub_begin) + reference.substr(begin, end - begin) + stub.substr(stub_end));
    CHECK(earned(said.json, "attention") == std::vector<std::string>{"masks"});
    for (const auto& other : said.json.at("exercises").at(0).at("parts")) {
        if (other.at("id") != "masks") CHECK(other.at("status") == "not_implemented");
    }
}

TEST_CASE("division by d_k is answered with the sentence about d_k") {
    const Said said =
        grade_attention(with(reference, "const Scalar scale = std::sqrt(static_cast<Scalar>(key.cols()));",
                             "const Scalar scale = static_cast<Scalar>(query.cols());"));
    const auto scaled = part(said.json, "attention", "scaled_dot_product");
    CHECK(scaled.at("status") == "failed");
    CHECK(scaled.dump().find("when the scores are divided by d_k") != std::string::npos);
    // The division stands in masked_attention, which scaled_dot_product_attention calls; what calls it is not to blame.
    CHECK(part(said.json, "attention", "masked_attention").at("status") == "failed");
    CHECK(part(said.json, "attention", "projected_attention").at("status") == "passed");
}

TEST_CASE("a wrong softmax_rows is explained once, and costs nothing else") {
    const std::string text = with(reference, "weights.row(i) /= weights.row(i).sum();", "");
    const Said said = grade_attention(text);
    CHECK(part(said.json, "attention", "softmax_rows").at("status") == "failed");
    for (const char* id : {"scaled_dot_product", "masked_attention", "projected_attention", "additive_attention",
                           "bilinear_attention"}) {
        CHECK(part(said.json, "attention", id).at("status") == "passed");
    }
    const Scratch scratch;
    scratch.write("attention.cpp", text);
    const std::string shown = grader({"run", "--submission", scratch.path.string(), "attention"}).text;
    const std::string sentence = "not divided by their sum";
    CHECK(shown.find(sentence) != std::string::npos);
    CHECK(shown.find(sentence, shown.find(sentence) + 1) == std::string::npos);
}

TEST_CASE("the compile errors that one meets first are explained") {
    const std::vector<std::pair<std::string, std::string>> all = {
        {"const Matrix t = scores + 1;", "Eigen has no such operation"},
        {"const Matrix t = scores.exp();", "function of linear algebra"},
        {"const Scalar s = scores[0];", "Square brackets are for vectors only"},
        {"const Matrix t = scores; const Matrix u = scores.colwise() - t;", "A vector is wanted here"},
        {"const Matrix t = scores.array() * scores;", "do not mix in one operation"},
        {"scores(0, 0) = 1;", "cannot be changed: copy it first"},
    };
    for (const auto& [line, words] : all) {
        const Scratch scratch;
        scratch.write("attention.cpp",
                      "#include \"attention.hpp\"\nnamespace attention {\nMatrix softmax_rows(const "
                      "Matrix& scores) {\n" +
                          line + "\nreturn scores;\n}\n}\n");
        const Said said = grader({"run", "--submission", scratch.path.string(), "attention"});
        INFO(said.text);
        CHECK(said.text.find(words) != std::string::npos);
        CHECK(said.text.find("attention.cpp:4:") != std::string::npos);
    }
}
