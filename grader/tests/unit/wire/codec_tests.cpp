// Values to bytes and back; and what is no value is refused, whatever it claims.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "wire/codec.hpp"
#include "wire/fields.hpp"

#include "harness/catch2.hpp"

namespace sample {

enum class Direction { forward, backward };
enum class Small : std::int8_t { least = -128, most = 127 };

struct Layer {
    qkv::Matrix weight;
    std::optional<qkv::RowVector> bias;
};
struct Model {
    std::string name;
    Direction direction = Direction::forward;
    std::vector<Layer> layers;
    std::optional<double> scale;
    std::vector<std::vector<int>> tokens;
};
QKV_FIELDS(Layer, weight, bias)
QKV_FIELDS(Model, name, direction, layers, scale, tokens)

}  // namespace sample

namespace {

using namespace qkv;
using namespace qkv::wire;

template <class T>
std::optional<T> decode(const Bytes& bytes) {
    Reader reader{bytes};
    T value{};
    walk(value, reader);
    if (!reader.complete()) return std::nullopt;
    return value;
}

template <class T>
bool refused(const Bytes& bytes) {
    return !decode<T>(bytes).has_value();
}

/// The value that comes back; throws if none does.
template <class T>
T there_and_back(const T& value) {
    return decode<T>(encode(value)).value();
}

/// A message of these values, byte for byte.
Bytes message(auto... values) {
    Bytes bytes;
    const auto put = [&](const auto& value) {
        const auto* begin = reinterpret_cast<const std::byte*>(&value);
        bytes.insert(bytes.end(), begin, begin + sizeof value);
    };
    (put(values), ...);
    return bytes;
}

constexpr std::uint64_t one = 1, two_to_63 = one << 63;
constexpr Scalar half = 0.5;

Matrix two_by_three() {
    Matrix matrix(2, 3);
    matrix << 1, -2, 3, 0.5, 5, 6;
    return matrix;
}

Mask two_by_two_mask() {
    Mask mask(2, 2);
    mask << true, false, false, true;
    return mask;
}

sample::Model model() {
    sample::Model model;
    model.name = "encoder";
    model.direction = sample::Direction::backward;
    model.layers = {{two_by_three(), RowVector(RowVector::Constant(3, 7))}, {Matrix(0, 4), std::nullopt}};
    model.scale = 0.125;
    model.tokens = {{3, 1, 2}, {}, {-1}};
    return model;
}

template <class T>
bool every_truncation_is_refused(const T& value) {
    const Bytes whole = encode(value);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (!refused<T>(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))) return false;
    }
    return !refused<T>(whole);
}

/// None of the other kinds accepts this value's message.
template <class T, class... Others>
bool no_other_reads(const T& value) {
    return (refused<Others>(encode(value)) && ...);
}

}  // namespace

TEST_CASE("whole numbers of every width come back") {
    CHECK(there_and_back(std::numeric_limits<int>::min()) == std::numeric_limits<int>::min());
    CHECK(there_and_back(std::numeric_limits<std::int64_t>::max()) == std::numeric_limits<std::int64_t>::max());
    CHECK(there_and_back(std::numeric_limits<std::uint64_t>::max()) == std::numeric_limits<std::uint64_t>::max());
    CHECK(there_and_back(std::uint8_t{255}) == 255);
    CHECK(there_and_back(true));
    CHECK_FALSE(there_and_back(false));
}

TEST_CASE("enums come back") {
    CHECK(there_and_back(sample::Direction::backward) == sample::Direction::backward);
    CHECK(there_and_back(sample::Small::least) == sample::Small::least);
}

TEST_CASE("numbers come back bit by bit, also NaN, infinities and negative zero") {
    for (const double number :
         {0.1, -0.0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::quiet_NaN(), 5e-324}) {
        CHECK(encode(there_and_back(number)) == encode(number));
    }
    CHECK(std::signbit(there_and_back(-0.0)));
    CHECK(there_and_back(0.1F) == 0.1F);
}

TEST_CASE("texts come back, also with bytes that are no text") {
    const std::string bytes("a\0b\xff\n", 5);
    CHECK(there_and_back(bytes) == bytes);
    CHECK(there_and_back(std::string()).empty());
}

TEST_CASE("matrices come back with their shape, also empty ones") {
    CHECK(there_and_back(two_by_three()) == two_by_three());
    for (const auto& [rows, columns] : {std::pair{0, 0}, {0, 5}, {5, 0}}) {
        const Matrix back = there_and_back(Matrix(rows, columns));
        CHECK(back.rows() == rows);
        CHECK(back.cols() == columns);
    }
}

TEST_CASE("rows and masks come back") {
    const RowVector row = RowVector::LinSpaced(4, 0, 3);
    CHECK(there_and_back(row) == row);
    CHECK(there_and_back(RowVector(0)).cols() == 0);
    CHECK((there_and_back(two_by_two_mask()) == two_by_two_mask()).all());
    CHECK(there_and_back(Mask(0, 0)).size() == 0);
}

TEST_CASE("lists, flags and optionals come back") {
    CHECK(there_and_back(std::vector<bool>{true, false, true}) == std::vector<bool>{true, false, true});
    CHECK(there_and_back(TokenIds{5, -7}) == TokenIds{5, -7});
    using Nested = std::vector<std::optional<std::vector<std::string>>>;
    const Nested nested = {std::nullopt, Nested::value_type{{"", "x"}}, Nested::value_type{std::vector<std::string>{}}};
    CHECK(there_and_back(nested) == nested);
    CHECK(there_and_back(std::vector<Matrix>{Matrix(0, 2), two_by_three()}).at(1) == two_by_three());
}

TEST_CASE("structs come back field by field") {
    const sample::Model back = there_and_back(model());
    CHECK(back.name == "encoder");
    CHECK(back.direction == sample::Direction::backward);
    REQUIRE(back.layers.size() == 2);
    CHECK(back.layers[0].weight == two_by_three());
    CHECK(back.layers[0].bias.value()(2) == 7);
    CHECK(back.layers[1].weight.cols() == 4);
    CHECK_FALSE(back.layers[1].bias.has_value());
    CHECK(back.scale == 0.125);
    CHECK(back.tokens == model().tokens);
}

TEST_CASE("what a value held before leaves no trace in what is read into it") {
    sample::Model target = model();
    const Bytes bytes = encode(sample::Model{});
    Reader reader{bytes};
    walk(target, reader);
    CHECK(reader.complete());
    CHECK(encode(target) == bytes);
}

TEST_CASE("every truncation of a message is refused") {
    CHECK(every_truncation_is_refused(17));
    CHECK(every_truncation_is_refused(0.5));
    CHECK(every_truncation_is_refused(std::string("text")));
    CHECK(every_truncation_is_refused(two_by_three()));
    CHECK(every_truncation_is_refused(Matrix(0, 3)));
    CHECK(every_truncation_is_refused(two_by_two_mask()));
    CHECK(every_truncation_is_refused(std::vector<bool>{true, false}));
    CHECK(every_truncation_is_refused(std::optional<int>(3)));
    CHECK(every_truncation_is_refused(model()));
}

TEST_CASE("bytes after the value are refused") {
    Bytes bytes = encode(two_by_three());
    bytes.push_back(std::byte{0});
    CHECK(refused<Matrix>(bytes));
    Reader reader{bytes};
    Matrix value;
    walk(value, reader);
    CHECK(reader.ok());  // a second value could have followed
}

TEST_CASE("a value of another kind is refused") {
    CHECK(no_other_reads<int, double, std::string, Matrix, std::vector<int>, std::optional<int>>(1));
    CHECK(no_other_reads<double, int, bool, Matrix, std::optional<double>>(1.0));
    CHECK(no_other_reads<std::string, std::vector<bool>, Matrix, std::vector<int>>(std::string()));
    CHECK(no_other_reads<Matrix, RowVector, Mask, std::vector<double>>(Matrix(1, 1)));
    CHECK(no_other_reads<RowVector, Matrix, Mask>(RowVector(1)));
    CHECK(no_other_reads<Mask, Matrix, RowVector, std::vector<bool>>(Mask(0, 0)));
    CHECK(no_other_reads<std::vector<bool>, std::string, std::vector<int>, Mask>({}));
    CHECK(refused<int>(message(std::uint8_t{200}, std::int64_t{1})));
}

TEST_CASE("a row has one row") {
    CHECK_FALSE(refused<RowVector>(message(Kind::row_vector, one, one, half)));
    CHECK(refused<RowVector>(message(Kind::row_vector, 2 * one, one, half, half)));
    CHECK(refused<RowVector>(message(Kind::row_vector, 0 * one, one)));
}

TEST_CASE("a length beyond the bytes that remain is refused") {
    CHECK(refused<std::string>(message(Kind::text, 2 * one, 'x')));
    CHECK(refused<std::vector<bool>>(message(Kind::flags, 2 * one, 'x')));
    CHECK(refused<std::vector<int>>(message(Kind::list, 2 * one, Kind::integer, std::int64_t{5})));
    CHECK(refused<Matrix>(message(Kind::matrix, one, 2 * one, half)));
    CHECK(refused<Mask>(message(Kind::mask, one, 2 * one, 'x')));
}

TEST_CASE("sizes that no computer holds are refused, and nothing is allocated for them") {
    for (const std::uint64_t size : {two_to_63, ~std::uint64_t{0}, one << 61, one << 32, (one << 28) + 1}) {
        CHECK(refused<std::string>(message(Kind::text, size)));
        CHECK(refused<std::vector<bool>>(message(Kind::flags, size)));
        CHECK(refused<std::vector<Matrix>>(message(Kind::list, size)));
        CHECK(refused<Matrix>(message(Kind::matrix, size, one)));
        CHECK(refused<Matrix>(message(Kind::matrix, one, size)));
        CHECK(refused<Matrix>(message(Kind::matrix, size, size)));
        CHECK(refused<Mask>(message(Kind::mask, size, size)));
        CHECK(refused<RowVector>(message(Kind::row_vector, one, size)));
        CHECK(refused<Matrix>(message(Kind::matrix, 0 * one, size)));
    }
    CHECK(refused<Matrix>(message(Kind::matrix, longest_side, longest_side)));
}

TEST_CASE("a refused value stays empty") {
    const auto read_into = [](auto value, const Bytes& bytes) {
        Reader reader{bytes};
        walk(value, reader);
        CHECK_FALSE(reader.ok());
        return value;
    };
    CHECK(read_into(std::vector<Matrix>(), message(Kind::list, one << 27)).capacity() == 0);
    CHECK(read_into(std::vector<bool>(), message(Kind::flags, one << 27)).capacity() == 0);
    CHECK(read_into(std::string(), message(Kind::text, one << 27)).capacity() < 100);
    CHECK(read_into(Matrix(), message(Kind::matrix, one << 20, one << 20)).size() == 0);
    CHECK(read_into(std::optional<int>(), message(Kind::optional, std::uint8_t{2})) == std::nullopt);
}

TEST_CASE("a truth value is 0 or 1") {
    CHECK(refused<bool>(message(Kind::integer, std::int64_t{2})));
    CHECK(refused<bool>(message(Kind::integer, std::int64_t{-1})));
    CHECK(refused<std::vector<bool>>(message(Kind::flags, one, std::uint8_t{2})));
    CHECK(refused<std::optional<int>>(message(Kind::optional, std::uint8_t{2}, Kind::integer, std::int64_t{1})));
}

TEST_CASE("a whole number that its type cannot hold is refused") {
    CHECK(refused<int>(message(Kind::integer, std::int64_t{1} << 31)));
    CHECK(refused<unsigned>(message(Kind::integer, std::int64_t{-1})));
    CHECK(refused<std::uint8_t>(message(Kind::integer, std::int64_t{256})));
    CHECK(refused<sample::Small>(message(Kind::integer, std::int64_t{128})));
    CHECK(refused<sample::Direction>(message(Kind::integer, std::int64_t{1} << 32)));
    CHECK_FALSE(refused<int>(message(Kind::integer, -(std::int64_t{1} << 31))));
}

TEST_CASE("after a fault a reader reads nothing more") {
    const Bytes bytes = message(Kind::integer, std::int64_t{1} << 40, Kind::integer, std::int64_t{5});
    Reader reader{bytes};
    int first = 0, second = 7;
    walk(first, reader);
    walk(second, reader);
    CHECK_FALSE(reader.ok());
    CHECK(second == 7);
}

TEST_CASE("elements of a mask that are neither true nor false are noticed, and read as false") {
    constexpr std::uint64_t two = 2;
    const Bytes bytes = message(Kind::mask, two, one, std::uint8_t{1}, std::uint8_t{0x5a});
    Reader reader(bytes);
    Mask mask;
    walk(mask, reader);
    CHECK(reader.complete());
    CHECK(reader.never_set());
    CHECK(mask(0, 0));
    CHECK_FALSE(mask(1, 0));
}
