#include "record/run_settings.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace qkv::record {

std::string to_text(const RunSettings& settings) {
    return nlohmann::json{{"worker", settings.worker},
                          {"enclosed", settings.enclosed},
                          {"call_seconds", settings.call_seconds},
                          {"report_descriptor", settings.report_descriptor},
                          {"record", settings.record},
                          {"seed", settings.seed},
                          {"compare", settings.compare}}
        .dump();
}

RunSettings settings_from_text(const std::string& text) try {
    const auto json = nlohmann::json::parse(text);
    RunSettings settings;
    json.at("worker").get_to(settings.worker);
    json.at("enclosed").get_to(settings.enclosed);
    json.at("call_seconds").get_to(settings.call_seconds);
    json.at("report_descriptor").get_to(settings.report_descriptor);
    json.at("record").get_to(settings.record);
    json.at("seed").get_to(settings.seed);
    json.at("compare").get_to(settings.compare);
    return settings;
} catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(std::string("not the settings of a run: ") + error.what());
}

}  // namespace qkv::record
