#include "record/run_settings.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace qkv::record {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunSettings, worker, enclosed, call_seconds, report_descriptor, record, seed,
                                   compare, input)

std::string to_text(const RunSettings& settings) { return nlohmann::json(settings).dump(); }

RunSettings settings_from_text(const std::string& text) try {
    return nlohmann::json::parse(text).get<RunSettings>();
} catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(std::string("not the settings of a run: ") + error.what());
}

}  // namespace qkv::record
