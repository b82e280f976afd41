#include "recipe.hpp"

#include <nlohmann/json.hpp>

#include "failure.hpp"
#include "files.hpp"

namespace qkv {

Recipe load_recipe(const std::filesystem::path& path) try {
    Recipe recipe;
    recipe.text = read_file(path);
    const auto json = nlohmann::json::parse(recipe.text);
    const auto path_at = [&](const char* key) { return std::filesystem::path(json.at(key).get<std::string>()); };
    json.at("kit_version").get_to(recipe.kit_version);
    recipe.source = path_at("source");
    recipe.build = path_at("build");
    recipe.exercises = path_at("exercises");
    json.at("clang").get_to(recipe.clang);
    json.at("clang_version").get_to(recipe.clang_version);
    json.at("link").get_to(recipe.link);
    json.at("ld").get_to(recipe.ld);
    json.at("objcopy").get_to(recipe.objcopy);
    recipe.enclose = json.at("enclose").get<std::string>();
    json.at("nm").get_to(recipe.nm);
    json.at("addr2line").get_to(recipe.addr2line);
    json.at("objdump").get_to(recipe.objdump);
    json.at("flags").get_to(recipe.flags);
    recipe.warm_header = path_at("warm_header");
    recipe.warm_object = path_at("warm_object");
    recipe.worker_library = path_at("worker_library");
    recipe.runtime = path_at("runtime");
    recipe.confine = path_at("confine");
    return recipe;
} catch (const nlohmann::json::exception& error) {
    throw Failure(kit_fault, path.string() + ": not a recipe; run ./grade again: " + error.what());
}

}  // namespace qkv
