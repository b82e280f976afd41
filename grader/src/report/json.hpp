// The result as JSON, schema "qkv-result/1": stable, scripts and courses rely on it.
#pragma once

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

std::string to_json(const Result& result);

}  // namespace qkv::grader
