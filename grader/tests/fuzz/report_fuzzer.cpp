// Lines from a tests program: taken, or refused by std::invalid_argument.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "record/case_report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    qkv::record::RunReport run;
    try {
        qkv::record::add_line(run, std::string(reinterpret_cast<const char*>(data), size));
    } catch (const std::invalid_argument&) {
        return 0;
    }
    // What was taken can be told again.
    for (const qkv::record::CaseReport& report : run.cases) {
        qkv::record::RunReport again;
        qkv::record::add_line(again, qkv::record::to_line(report));
    }
    qkv::record::add_line(run, qkv::record::to_line(run.plan));
    return 0;
}
