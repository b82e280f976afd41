// The result as JSON, schema "qkv-result/1": stable, scripts and courses rely on it.
#ifndef QKV_GRADER_REPORT_JSON_HPP
#define QKV_GRADER_REPORT_JSON_HPP

#include <string>

#include "model/result.hpp"

namespace qkv {

std::string to_json(const Result& result);

}  // namespace qkv

#endif
