// What the driver tells a tests program through its environment.
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/run_settings.hpp"

using namespace qkv::record;

TEST_CASE("settings come back as they were") {
    RunSettings settings;
    settings.worker = {"/a folder/confine", "", "\"quoted\"\n", "中文"};
    settings.call_seconds = 0.125;
    settings.report_descriptor = 3;
    settings.record = true;
    settings.seed = ~std::uint64_t{0};
    const RunSettings back = settings_from_text(to_text(settings));
    CHECK(back.worker == settings.worker);
    CHECK(back.call_seconds == 0.125);
    CHECK(back.report_descriptor == 3);
    CHECK(back.record);
    CHECK(back.seed == ~std::uint64_t{0});
}

TEST_CASE("a text that is no settings is refused") {
    const std::string whole = to_text({});
    for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"), std::string("5"),
                                    std::string(R"({"worker": 5})"), whole.substr(0, whole.size() - 1), whole + "}"}) {
        INFO(text);
        CHECK_THROWS_AS(settings_from_text(text), std::invalid_argument);
    }
}
