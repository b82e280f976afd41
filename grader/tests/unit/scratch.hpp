// A new empty folder for a test, removed at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace qkv::tests {

class Scratch {
public:
    Scratch() {
        std::string form = (std::filesystem::temp_directory_path() / "qkv-unit-XXXXXX").string();
        if (mkdtemp(form.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path_ = form;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Writes a file into the folder, with the folders above it. Returns its path.
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

}  // namespace qkv::tests
