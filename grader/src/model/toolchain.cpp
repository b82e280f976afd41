#include "model/toolchain.hpp"

#include <nlohmann/json.hpp>

#include "base/failure.hpp"
#include "base/files.hpp"

namespace qkv::grader {

Toolchain load_toolchain(const std::filesystem::path& path) try {
    Toolchain toolchain;
    toolchain.text = read_file(path);
    const auto json = nlohmann::json::parse(toolchain.text);
    const auto path_at = [&](const char* key) { return std::filesystem::path(json.at(key).get<std::string>()); };
    json.at("kit_version").get_to(toolchain.kit_version);
    json.at("cmake").get_to(toolchain.cmake);
    json.at("ninja").get_to(toolchain.ninja);
    toolchain.source = path_at("source");
    toolchain.build = path_at("build");
    toolchain.exercises = path_at("exercises");
    json.at("clang").get_to(toolchain.clang);
    json.at("clang_version").get_to(toolchain.clang_version);
    json.at("link").get_to(toolchain.link);
    json.at("ld").get_to(toolchain.ld);
    json.at("objcopy").get_to(toolchain.objcopy);
    toolchain.enclose = json.at("enclose").get<std::string>();
    json.at("nm").get_to(toolchain.nm);
    json.at("addr2line").get_to(toolchain.addr2line);
    json.at("objdump").get_to(toolchain.objdump);
    json.at("flags").get_to(toolchain.flags);
    toolchain.warm_header = path_at("warm_header");
    toolchain.warm_object = path_at("warm_object");
    toolchain.worker_library = path_at("worker_library");
    toolchain.runtime = path_at("runtime");
    toolchain.confine = path_at("confine");
    return toolchain;
} catch (const nlohmann::json::exception& error) {
    throw Failure(kit_fault, path.string() + ": not a toolchain; run ./grade again: " + error.what());
}

}  // namespace qkv::grader
