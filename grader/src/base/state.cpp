#include "base/state.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/durable.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

fs::path state_file(const fs::path& root) { return root / ".qkv" / "state.json"; }

/// The file as it was found.
struct Found {
    State state;
    bool broken = false;  ///< it is there, but not as this kit writes it
    bool later = false;   ///< a later kit wrote it
};

/// Takes what is whole; the rest makes the file a broken one.
bool take_numbers(const nlohmann::json& json, const char* name, std::map<std::string, int>& numbers) {
    const auto entries = json.find(name);
    if (entries == json.end()) return true;
    if (!entries->is_object()) return false;
    bool whole = true;
    for (const auto& [key, value] : entries->items()) {
        const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() <= 1'000'000;
        if (fits) numbers[key] = value.get<int>();
        whole = whole && fits;
    }
    return whole;
}

Found find_state(const fs::path& root) {
    constexpr std::size_t largest = 1U << 20;  // bytes; a course's state takes a few hundred
    Found found;
    struct stat info {};
    if (lstat(state_file(root).c_str(), &info) != 0) return found;
    const auto text = read_regular_file(state_file(root), largest);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    found.broken = !json.is_object();
    if (found.broken) return found;
    const auto version = json.find("version");
    if (version != json.end() && version->is_number()) found.later = version->get<double>() > state_version;
    if (found.later) return found;
    const bool hints = take_numbers(json, "hints", found.state.hints);
    const bool scores = take_numbers(json, "scores", found.state.scores);
    found.broken = !hints || !scores;
    return found;
}

/// Holds .qkv/state.lock while it lives; the kernel lets go when its process dies.
class Lock {
public:
    explicit Lock(const fs::path& root) : file_(open_to_write(root / ".qkv" / "state.lock")) {
        // Another command holds it for milliseconds; one that hangs must not stop this one.
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
        while (file_ && flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
            const bool busy = errno == EWOULDBLOCK || errno == EINTR;
            if (!busy) break;  // this file system has no locks: as well as it goes
            if (std::chrono::steady_clock::now() > deadline) file_.close();
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    explicit operator bool() const { return static_cast<bool>(file_); }

private:
    OpenFile file_;
};

}  // namespace

State load_state(const fs::path& root) { return find_state(root).state; }

Remembered update_state(const fs::path& root, const std::function<void(State&)>& change) {
    std::error_code error;
    fs::create_directories(root / ".qkv", error);
    const Lock lock(root);
    Found found = find_state(root);
    if (found.later) return Remembered::later;
    State state = found.state;
    change(state);
    if (state == found.state && !found.broken) return Remembered::yes;
    if (!lock) return Remembered::no;
    const fs::path file = state_file(root);
    if (found.broken) fs::rename(file, file.string() + ".broken", error);
    const auto text =
        nlohmann::json{{"version", state_version}, {"hints", state.hints}, {"scores", state.scores}}.dump(1) + "\n";
    const fs::path aside = file.string() + ".new";  // one, as the lock is held
    if (!write_to_disk(aside, text)) return Remembered::no;
    fs::rename(aside, file, error);
    if (error) fs::remove(aside, error);
    return fs::is_regular_file(file, error) ? Remembered::yes : Remembered::no;
}

Text remembered_words(Remembered remembered) {
    if (remembered != Remembered::later) return {};
    return {".qkv/state.json is of a later qkv: it stays as it is, and hints and points are not remembered",
            ".qkv/state.json 来自更新版本的 qkv：文件保持原样，这次的提示和得分不会被记住"};
}

}  // namespace qkv::grader
