#include "grader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/process.hpp"
#include "model/catalog.hpp"

namespace qkv::tests {

namespace fs = std::filesystem;

TestKit real_kit() { return {QKV_ROOT, QKV_BUILD "/toolchain.json"}; }

TestKit proven_kit() { return {QKV_TEST_DATA "/kits/proven", QKV_BUILD "/proven/toolchain.json"}; }

TestKit copied_kit(const Scratch& scratch) {
    for (const char* name : {"exercises", "solutions"}) {
        fs::copy(fs::path(proven_kit().root) / name, scratch.path / name, fs::copy_options::recursive);
    }
    return {scratch.path.string(), proven_kit().toolchain};
}

Said grader(const std::vector<std::string>& arguments, const TestKit& kit) {
    Command command;
    command.arguments = {QKV_GRADER, "--root", kit.root, "--toolchain", kit.toolchain};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    command.seconds = 600;
    command.longest_output = 64U << 20;
    const Ended ended = run(command);
    return {ended.exit_code, ended.output, {}};
}

Said graded(const std::vector<std::string>& arguments, const TestKit& kit) {
    const Scratch scratch;
    const fs::path file = scratch.path / "result.json";
    std::vector<std::string> all = {"run", "--format", "json", "--output", file.string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Said said = grader(all, kit);
    said.json = nlohmann::json::parse(read_text(file), nullptr, false);
    if (said.json.is_discarded()) throw std::runtime_error("no result; the grader said: " + said.text);
    return said;
}

Scratch::Scratch() {
    std::string form = (fs::temp_directory_path() / "qkv-test-XXXXXX").string();
    if (mkdtemp(form.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path = form;
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

void Scratch::write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
}

bool everything() { return std::getenv("QKV_ALL_MISTAKES") != nullptr; }

bool is_examined(const std::string& id) {
    if (const char* only = std::getenv("QKV_ONLY")) return id == only;
    static const std::vector<Exercise> catalog = load_catalog(QKV_ROOT);
    const auto found = std::ranges::find(catalog, id, &Exercise::id);
    if (found == catalog.end()) return false;
    return everything() || tally_of(*found) == Tally::course || id == QKV_BESIDE_THE_HUNDRED;
}

std::string reference_of(const std::string& id) { return read_text(QKV_ROOT "/solutions/" + id + "/" + id + ".cpp"); }

std::string read_text(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string with(std::string text, const std::string& piece, const std::string& replacement) {
    const std::size_t at = text.find(piece);
    if (at == std::string::npos) throw std::runtime_error("not found: " + piece);
    return text.replace(at, piece.size(), replacement);
}

nlohmann::json part(const nlohmann::json& result, const std::string& exercise, const std::string& part_id) {
    for (const auto& entry : result.at("exercises")) {
        if (entry.at("id") != exercise) continue;
        for (const auto& candidate : entry.at("parts")) {
            if (candidate.at("id") == part_id) return candidate;
        }
    }
    return nullptr;
}

std::vector<std::string> earned(const nlohmann::json& result, const std::string& exercise) {
    std::vector<std::string> ids;
    for (const auto& entry : result.at("exercises")) {
        if (entry.at("id") != exercise) continue;
        for (const auto& candidate : entry.at("parts")) {
            if (candidate.at("status") == "passed") ids.push_back(candidate.at("id"));
        }
    }
    return ids;
}

std::vector<std::string> verdicts(const nlohmann::json& part) {
    std::vector<std::string> result;
    for (const auto& test : part.at("tests")) result.push_back(test.at("verdict"));
    return result;
}

}  // namespace qkv::tests
