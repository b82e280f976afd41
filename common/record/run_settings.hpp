// How the driver wants a tests program to run. Travels as JSON in the environment variable QKV_RUN,
// and is left in a file for people who run the tests by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qkv::record {

/// Exit status of a tests program that stopped early because the machine would not run a worker; it says why. (Else the
/// status is the number of failed assertions.)
inline constexpr int machine_fault = 75;

struct RunSettings {
    std::vector<std::string> worker;  ///< the command that starts a worker
    bool enclosed = false;            ///< it tells signals as 128 + signal, as a shell does
    double call_seconds = 2;          ///< computing time that one call may take
    int report_descriptor = -1;       ///< where report lines go; -1: nowhere
    bool record = false;              ///< report every call's outcome in full
    std::uint64_t seed = 0;           ///< of the hidden tests
    bool compare = false;             ///< hidden tests look for the smallest case that differs
    std::string input;                ///< what a scene is to show instead of its own example; empty: nothing
};

std::string to_text(const RunSettings& settings);

/// Throws std::invalid_argument if the text is not one that to_text wrote.
RunSettings settings_from_text(const std::string& text);

}  // namespace qkv::record
