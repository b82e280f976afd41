#include "build/cache.hpp"

#include <unistd.h>

#include <atomic>
#include <system_error>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Of bytes of builds: what a class leaves behind is bounded.
constexpr std::uintmax_t most_kept = std::uintmax_t{400} << 20;

std::uintmax_t bytes_in(const fs::path& folder) {
    std::uintmax_t bytes = 0;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder, ignored)) bytes += file.file_size(ignored);
    return bytes;
}

/// The folder of the key, or the one that it would get.
fs::path folder_of(const fs::path& cache, const std::string& key) {
    const std::string name = fmt::format("{:016x}", hash(key));
    fs::path folder = cache / name;
    for (int other = 1; fs::exists(folder) && read_file(folder / "key") != key; ++other)
        folder = cache / fmt::format("{}-{}", name, other);
    return folder;
}

/// An empty folder of our own; removed with all it holds unless it was published.
class Aside {
public:
    explicit Aside(const fs::path& cache) {
        static std::atomic<int> number = 0;
        path_ = cache / fmt::format("{}.{}.new", own_word(), number++);
        std::error_code ignored;
        fs::remove_all(path_, ignored);
        fs::create_directories(path_);
        held_ = hold(path_);
    }
    ~Aside() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    const fs::path& path() const { return path_; }
    std::shared_ptr<const void> held() const { return held_; }

private:
    fs::path path_;
    std::shared_ptr<const void> held_;
};

}  // namespace

std::optional<Kept> find_built(const fs::path& cache, const std::string& key) {
    const fs::path folder = folder_of(cache, key);
    std::error_code error;
    fs::last_write_time(folder, fs::file_time_type::clock::now(), error);
    auto held = error ? nullptr : hold(folder);
    if (held == nullptr) return std::nullopt;
    return Kept{folder, std::move(held)};
}

std::optional<Kept> publish(const fs::path& cache, const std::string& key,
                            const std::function<bool(const fs::path& folder)>& make) try {
    const Aside aside(cache);
    if (!make(aside.path())) return std::nullopt;
    write_file(aside.path() / "key", key);
    const fs::path folder = folder_of(cache, key);
    std::error_code error;
    fs::rename(aside.path(), folder, error);
    if (!error) {
        keep_below(cache, most_kept, bytes_in(folder));
        return Kept{folder, aside.held()};
    }
    // Another one was faster: a folder that holds something cannot be replaced.
    if (auto kept = find_built(cache, key)) return kept;
    throw Failure(kit_fault,
                  said({"{}: cannot be written ({})", "{}：写不进去（{}）"}, folder.string(), error.message()));
} catch (const fs::filesystem_error& error) {
    throw Failure(kit_fault,
                  said({"{}: cannot be written ({})", "{}：写不进去（{}）"}, cache.string(), error.code().message()));
}

}  // namespace qkv::grader
