// Files of named arrays: what is written is read, and a broken file is refused with its name.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/safetensors.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv;
using namespace qkv::record;
using qkv::tests::Scratch;

std::string bytes_of(auto... values) {
    std::string bytes;
    const auto put = [&](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
    (put(values), ...);
    return bytes;
}

std::string file_of(const std::string& header, const std::string& data) {
    return bytes_of(std::uint64_t{header.size()}) + header + data;
}

/// The header's entry of an array named x.
std::string x(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"x": {"dtype": ")" + type + R"(", "shape": )" + shape + R"(, "data_offsets": )" + offsets + "}}";
}

Tensor read_x(const std::string& file) {
    const Scratch scratch;
    return read_safetensors(scratch.write("a.safetensors", file)).at("x");
}

/// What is wrong with a file; its name must stand in the sentence.
std::string fault_of(const std::string& file) {
    const Scratch scratch;
    const auto path = scratch.write("a.safetensors", file);
    try {
        read_safetensors(path);
    } catch (const std::runtime_error& error) {
        const std::string sentence = error.what();
        return sentence.starts_with(path.string() + ": ") ? sentence : "does not name the file: " + sentence;
    }
    return "accepted";
}

void check_fault(const std::string& file, const std::string& words) {
    INFO(fault_of(file));
    CHECK(fault_of(file).find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("arrays and texts that were written are read") {
    const Scratch scratch;
    const auto path = scratch.path() / "a.safetensors";
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensors written = {{"matrix", {{2, 3}, {1, 2, 3, 4, 5, -infinity}, ""}},
                             {"empty", {{0, 4}, {}, ""}},
                             {"number", {{}, {0.1}, ""}},
                             {"text", {{3}, {}, std::string("\xff\0x", 3)}}};
    write_safetensors(path, written);
    const Tensors read = read_safetensors(path);
    REQUIRE(read.size() == written.size());
    for (const auto& [name, tensor] : written) {
        CHECK(read.at(name).shape == tensor.shape);
        CHECK(read.at(name).values == tensor.values);
        CHECK(read.at(name).text == tensor.text);
    }
}

TEST_CASE("indices are written with as few bytes as they need") {
    const Scratch scratch;
    const auto path = scratch.path() / "a.safetensors";
    const auto written = [&](std::vector<std::uint32_t> indices) {
        Tensor tensor;
        tensor.shape = {std::ssize(indices)};
        tensor.indices = std::move(indices);
        write_safetensors(path, {{"x", tensor}});
        CHECK(read_safetensors(path).at("x").indices == tensor.indices);
        CHECK(read_safetensors(path).at("x").values.empty());
        std::ifstream stream(path, std::ios::binary);
        const std::string file{std::istreambuf_iterator<char>(stream), {}};
        return file.find("\"U16\"") != std::string::npos   ? "U16"
               : file.find("\"U32\"") != std::string::npos ? "U32"
                                                           : "";
    };
    CHECK(written({0, 7, 65535}) == std::string("U16"));
    CHECK(written({0, 7, 65536}) == std::string("U32"));
    CHECK(written({0xffffffff}) == std::string("U32"));
}

TEST_CASE("the header that is written is padded to eight bytes, as the format asks") {
    const Scratch scratch;
    write_safetensors(scratch.path() / "a", {{"abc", {{1}, {1}, ""}}});
    std::ifstream stream(scratch.path() / "a", std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(stream), {}};
    std::uint64_t size = 0;
    std::memcpy(&size, file.data(), sizeof size);
    CHECK(size % 8 == 0);
    CHECK(file.size() == 8 + size + 8);
}

TEST_CASE("every number type of golden files is read as double") {
    CHECK(read_x(file_of(x("F32", "[2]", "[0, 8]"), bytes_of(0.5F, -3.0F))).values == std::vector<double>{0.5, -3});
    // Half precision: one, the largest, two thirds of -1, the smallest normal and the smallest of all, -0.
    const auto halves = bytes_of(std::uint16_t{0x3c00}, std::uint16_t{0x7bff}, std::uint16_t{0xb955},
                                 std::uint16_t{0x0400}, std::uint16_t{0x0001}, std::uint16_t{0x8000});
    CHECK(read_x(file_of(x("F16", "[6]", "[0, 12]"), halves)).values ==
          std::vector<double>{1, 65504, -0.66650390625, 0x1p-14, 0x1p-24, 0});
    const auto odd = bytes_of(std::uint16_t{0xfc00}, std::uint16_t{0x7e00});
    const std::vector<double> ends = read_x(file_of(x("F16", "[2]", "[0, 4]"), odd)).values;
    CHECK(ends[0] == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(ends[1]));
    CHECK(read_x(file_of(x("I64", "[1, 2]", "[0, 16]"), bytes_of(std::int64_t{-7}, std::int64_t{1} << 40))).values ==
          std::vector<double>{-7, 1099511627776.0});
    CHECK(read_x(file_of(x("I32", "[1]", "[0, 4]"), bytes_of(-1))).values == std::vector<double>{-1});
    CHECK(read_x(file_of(x("BOOL", "[3]", "[0, 3]"), std::string("\1\0\1", 3))).values == std::vector<double>{1, 0, 1});
}

TEST_CASE("whole numbers without a sign are read as indices") {
    CHECK(read_x(file_of(x("U16", "[2]", "[0, 4]"), bytes_of(std::uint16_t{1}, std::uint16_t{65535}))).indices ==
          std::vector<std::uint32_t>{1, 65535});
    CHECK(read_x(file_of(x("U32", "[1, 1]", "[0, 4]"), bytes_of(0x80000000U))).indices ==
          std::vector<std::uint32_t>{0x80000000U});
    CHECK(fault_of(file_of(x("U16", "[2]", "[0, 3]"), "abc")) != "accepted");
    CHECK(fault_of(file_of(x("U32", "[1]", "[0, 8]"), "abcdefgh")) != "accepted");
}

TEST_CASE("metadata is no array") {
    const Scratch scratch;
    const auto path = scratch.write("a", file_of(R"({"__metadata__": {"by": "torch"}})", ""));
    CHECK(read_safetensors(path).empty());
}

TEST_CASE("a file that is not there or too short is refused") {
    const std::string whole = file_of(x("F64", "[1]", "[0, 8]"), bytes_of(1.0));
    CHECK(fault_of(whole) == "accepted");
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(fault_of(whole.substr(0, size)) != "accepted");
    CHECK_THROWS_AS(read_safetensors("/nowhere/a.safetensors"), std::runtime_error);
}

TEST_CASE("a header longer than the file is refused") {
    check_fault(bytes_of(std::uint64_t{100}) + "{}", "too short");
    check_fault(bytes_of(~std::uint64_t{0}) + "{}", "too short");
    check_fault(bytes_of(std::uint64_t{1} << 63) + "{}", "too short");
}

TEST_CASE("a header that is not the JSON of arrays is refused") {
    for (const char* header :
         {"", "{", "no", "5", "[1]", R"({"x": 5})", R"({"x": {}})", "\xff", R"({"x": {"dtype": 1}})"}) {
        check_fault(file_of(header, ""), "");
        CHECK(fault_of(file_of(header, "")) != "accepted");
    }
}

TEST_CASE("an array outside the data is refused") {
    for (const char* offsets :
         {"[0, 16]", "[8, 0]", "[-8, 8]", "[0, 18446744073709551615]", "[0]", "\"0\"", "[16, 24]"}) {
        CHECK(fault_of(file_of(x("F64", "[1]", offsets), bytes_of(1.0))) != "accepted");
    }
}

TEST_CASE("a shape that the data does not fill is refused") {
    for (const char* shape : {"[2]", "[0]", "[-1]", "[1, -1]", "[4294967296, 4294967296]", "[-1, -1]", "5"}) {
        CHECK(fault_of(file_of(x("F64", shape, "[0, 8]"), bytes_of(1.0))) != "accepted");
    }
}

TEST_CASE("data that is no whole number of elements is refused") {
    CHECK(fault_of(file_of(x("F64", "[1]", "[0, 12]"), std::string(12, '\0'))) != "accepted");
    CHECK(fault_of(file_of(x("F32", "[0]", "[0, 3]"), std::string(3, '\0'))) != "accepted");
}

TEST_CASE("a shape or a place that is no whole number is refused") {
    CHECK(fault_of(file_of(x("F64", "[1e300]", "[0, 8]"), bytes_of(1.0))) != "accepted");
    CHECK(fault_of(file_of(x("F64", "[1.5]", "[0, 8]"), bytes_of(1.0))) != "accepted");
    CHECK(fault_of(file_of(x("F64", "[1]", "[0, 8.5]"), bytes_of(1.0))) != "accepted");
}

TEST_CASE("an array of another type is refused") {
    check_fault(file_of(x("BF16", "[1]", "[0, 2]"), "ab"), "tensors of type BF16 are not supported");
}

TEST_CASE("a file that cannot be written is told, and the old one stays") {
    const Scratch scratch;
    CHECK_THROWS_AS(write_safetensors(scratch.path() / "no_folder" / "a", {}), std::runtime_error);
    write_safetensors(scratch.path() / "a", {{"old", {{1}, {1}, ""}}});
    std::filesystem::create_directory(scratch.path() / "a.new");
    CHECK_THROWS_AS(write_safetensors(scratch.path() / "a", {}), std::runtime_error);
    CHECK(read_safetensors(scratch.path() / "a").contains("old"));
}
