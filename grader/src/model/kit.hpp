// Where the kit lies: its exercises, and what it builds with.
#pragma once

#include <filesystem>
#include <vector>

#include "model/catalog.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

struct Kit {
    std::filesystem::path root;
    Toolchain toolchain;
    std::vector<Exercise> catalog;
};

/// The exercises below this one, itself among them: whose interfaces its file may include.
inline std::vector<Exercise> visible_to(const Kit& kit, const Exercise& exercise) {
    return with_needs(kit.catalog, {exercise.id});
}

}  // namespace qkv::grader
