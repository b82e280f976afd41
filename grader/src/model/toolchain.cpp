#include "model/toolchain.hpp"

#include <nlohmann/json.hpp>

#include "base/failure.hpp"
#include "base/files.hpp"

namespace qkv::grader {

// Older versions of the library read a path as a list of its parts.
static void get(const nlohmann::json& json, const char* key, std::filesystem::path& path) {
    path = json.at(key).get<std::string>();
}
static void get(const nlohmann::json& json, const char* key, auto& value) { json.at(key).get_to(value); }

Toolchain load_toolchain(const std::filesystem::path& path) try {
    Toolchain chain;
    chain.text = read_file(path);
    const auto json = nlohmann::json::parse(chain.text);
    const auto read = [&](const char* key, auto& value) { get(json, key, value); };
    read("kit_version", chain.kit_version);
    read("source", chain.source);
    read("build", chain.build);
    read("exercises", chain.exercises);
    chain.kept = chain.exercises.parent_path();
    read("clang", chain.clang);
    read("clang_version", chain.clang_version);
    read("link", chain.link);
    read("ld", chain.ld);
    read("objcopy", chain.objcopy);
    read("nm", chain.nm);
    read("addr2line", chain.addr2line);
    read("objdump", chain.objdump);
    read("flags", chain.flags);
    read("warm_header", chain.warm_header);
    read("warm_object", chain.warm_object);
    read("worker_library", chain.worker_library);
    read("confine", chain.confine);
    read("enclose", chain.enclose);
    return chain;
} catch (const nlohmann::json::exception& error) {
    throw Failure(kit_fault, path.string() + ": not a toolchain; run ./grade again: " + error.what());
}

}  // namespace qkv::grader
