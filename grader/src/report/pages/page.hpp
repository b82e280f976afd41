// The scenes of an exercise as one page for a browser, which needs nothing else: no network, no script.
#pragma once

#include <string>

#include "model/result.hpp"
#include "report/pages/picture.hpp"

namespace qkv::grader {

/// A picture as SVG. It has a title and takes the text's colour from where it stands; `alone`, in a file, it has a
/// background of its own for light and dark.
std::string to_svg(const Picture& picture, Language language, bool alone);

/// The page: each scene, what the learner's functions made of it, and beside it what the reference's did and where they
/// differ. `reference` may be null.
std::string to_page(const ExerciseResult& result, const ExerciseResult* reference, Language language);

/// The scene with this name, of another run; null if there is none.
const TestResult* find_scene(const ExerciseResult* result, const std::string& name);

/// Where two pictures of one thing differ, one minus the other; without rows where they do not, or cannot be compared.
Picture difference_of(const Picture& own, const Picture& reference);

}  // namespace qkv::grader
