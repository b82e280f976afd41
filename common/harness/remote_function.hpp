// The tests' side of the remote call: `learner::softmax_rows(x)` looks like a call and runs in the
// worker. Returns what the learner's function returned. Throws std::invalid_argument if it threw
// that, LearnerException if it threw anything else, CallFailed if there was no proper answer.
#pragma once

#include <stdexcept>
#include <string>

#include "wire/checked.hpp"
#include "wire/codec.hpp"
#include "wire/flatten.hpp"

namespace qkv::harness {

using namespace wire;

/// The learner's function threw something that is no std::invalid_argument.
struct LearnerException : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// No value came back: crash, timeout, todo, bad reply. The test case has its verdict already.
struct CallFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A call on its way, as text and numbers.
struct Request {
    const char* function = "";
    Bytes payload;          ///< name and arguments, encoded
    std::string shapes;     ///< of the arguments, for messages
    std::uint64_t key = 0;  ///< hash of the arguments
};

/// Sends a request and waits. Returns the bytes of the value, or throws as said above.
Bytes call(const Request& request);

/// The bytes were no value of the expected type: the verdict is `bad_reply`. Throws CallFailed.
[[noreturn]] void reject(const Request& request);

/// A mask holds elements that are neither true nor false: the test has failed. Throws CallFailed.
[[noreturn]] void reject_mask(const Request& request);

/// Notes what a call returned, for diagnoses.
void note_result(const Request& request, std::vector<double> numbers);

template <class Signature>
class RemoteFunction;

template <class Result, class... Arguments>
class RemoteFunction<Result(Arguments...)> {
public:
    explicit constexpr RemoteFunction(const char* name) : name_(name) {}

    const char* name() const { return name_; }

    Result operator()(const std::remove_cvref_t<Arguments>&... arguments) const {
        Writer writer;
        writer.leaf(std::string(name_));
        (walk(arguments, writer), ...);
        Flattened flattened;
        (walk(arguments, flattened), ...);
        Shapes shapes;
        (walk(arguments, shapes), ...);
        const Request request{name_, writer.bytes(), shapes.text, hash(flattened.numbers)};

        const Bytes reply = call(request);
        Reader reader{reply};
        Result result{};
        walk(result, reader);
        if (!reader.complete()) reject(request);
        if (reader.never_set()) reject_mask(request);
        Flattened returned;
        walk(result, returned);
        note_result(request, std::move(returned.numbers));
        return result;
    }

private:
    const char* name_;
};

}  // namespace qkv::harness

#define QKV_REMOTE(space, name)                                                   \
    namespace learner {                                                           \
    QKV_CHECKED(space, name)                                                      \
    inline const qkv::harness::RemoteFunction<decltype(space::name)> name{#name}; \
    }
