// The loop of a worker: reads a call, runs the learner's function, answers with what happened.
#include "worker/worker.hpp"

#include <cxxabi.h>
#include <malloc.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>

#include "qkv/todo.hpp"
#include "worker/probe.hpp"

namespace qkv {

using namespace wire;

namespace {

/// Thrown when one of Eigen's assertions does not hold.
struct EigenAssertion {
    const char* expression;
    const char* function;
};

/// The first assertion of a call: a later one, from a destructor, is only its echo.
Thrown first_assertion;
bool asserted = false;

std::uint64_t call_number = 0;
const worker::Entry* table = nullptr;

}  // namespace

void eigen_assertion_failed(const char* expression, const char* function) {
    if (!asserted) {
        asserted = true;
        first_assertion = {"Eigen assertion", std::string(function) + ": " + expression, false, false,
                           worker::call_stack()};
    }
    throw EigenAssertion{expression, function};
}

namespace worker {

Entry::Entry(const char* its_name, void* its_address, bool (*its_serve)(void*, Reader&, Writer&))
    : name(its_name), address(its_address), serve(its_serve), next(table) {
    table = this;
}

std::uint64_t current_call() { return call_number; }

namespace {

bool read_all(void* data, std::size_t size) {
    auto* bytes = static_cast<std::byte*>(data);
    while (size > 0) {
        const ssize_t count = read(channel_descriptor, bytes, size);
        if (count <= 0) return false;
        bytes += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

void reply(FrameKind kind, std::span<const std::byte> payload) { send_frame(kind, call_number, payload); }

std::string type_name(const std::type_info* type) {
    if (type == nullptr) return "unknown";
    int status = 0;
    char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    std::string result = status == 0 && name != nullptr ? name : type->name();
    std::free(name);
    return result;
}

constexpr std::size_t longest_description = 1000;

std::string described(const char* text) {
    return text == nullptr ? std::string() : std::string(text, strnlen(text, longest_description));
}

/// Puts the exception being handled into words and answers with it.
void reply_with_exception(bool fatal) {
    Thrown thrown;
    try {
        throw;
    } catch (const NotImplemented& todo) {
        thrown.type = "todo";
        thrown.message = todo.function == nullptr ? "" : todo.function;
        reply(FrameKind::not_implemented, encode(thrown));
        return;
    } catch (const std::bad_alloc&) {
        reply(FrameKind::out_of_memory, {});
        return;
    } catch (const EigenAssertion&) {
        thrown = first_assertion;
    } catch (const std::exception& error) {
        thrown.type = type_name(&typeid(error));
        thrown.message = described(error.what());
        thrown.invalid_argument = dynamic_cast<const std::invalid_argument*>(&error) != nullptr;
    } catch (const std::string& text) {
        thrown.type = "std::string";
        thrown.message = text.substr(0, longest_description);
    } catch (const char* text) {
        thrown.type = "const char*";
        thrown.message = described(text);
    } catch (...) {
        thrown.type = type_name(abi::__cxa_current_exception_type());
    }
    thrown.fatal = fatal;
    reply(FrameKind::exception, encode(thrown));
}

/// Called when an exception cannot travel further, for example out of a destructor.
[[noreturn]] void terminated() {
    if (asserted) {
        first_assertion.fatal = true;
        reply(FrameKind::exception, encode(first_assertion));
    } else if (std::current_exception()) {
        reply_with_exception(true);
    }
    _exit(EXIT_FAILURE);
}

const Entry* find(std::string_view name) {
    for (const Entry* entry = table; entry != nullptr; entry = entry->next) {
        if (name == entry->name) return entry;
    }
    return nullptr;
}

/// Answers one call. False if the call itself is unreadable.
bool serve_one(const Bytes& request) {
    Reader reader{request};
    std::string name;
    reader.leaf(name);
    const Entry* entry = reader.ok() ? find(name) : nullptr;
    if (entry == nullptr) return false;
    if (entry->address == nullptr) {
        reply(FrameKind::not_implemented, encode(Thrown{"missing", name, false, false, {}}));
        return true;
    }
    try {
        asserted = false;
        Writer writer;
        if (!entry->serve(entry->address, reader, writer)) return false;
        reply(FrameKind::value, writer.bytes());
    } catch (...) {
        reply_with_exception(false);
    }
    return true;
}

}  // namespace

void send_frame(FrameKind kind, std::uint64_t call, std::span<const std::byte> payload) {
    // Both at once: whoever waits for them wakes up once. Only what a signal handler may call.
    FrameHeader header{frame_magic, kind, call, payload.size()};
    std::array<iovec, 2> parts{{{&header, sizeof header}, {const_cast<std::byte*>(payload.data()), payload.size()}}};
    for (auto part = parts.begin(); part != parts.end();) {
        const ssize_t count = writev(channel_descriptor, &*part, static_cast<int>(parts.end() - part));
        if (count < 0) return;
        auto written = static_cast<std::size_t>(count);
        for (; part != parts.end() && written >= part->iov_len; ++part) written -= part->iov_len;
        if (part == parts.end()) return;
        part->iov_base = static_cast<std::byte*>(part->iov_base) + written;
        part->iov_len -= written;
    }
}

void serve_calls() {
    std::set_terminate(terminated);
    std::setvbuf(stdout, nullptr, _IONBF, 0);  // what was printed before a crash is shown
    while (true) {
        FrameHeader header;
        if (!read_all(&header, sizeof header) || header.magic != frame_magic) break;
        Bytes request(header.size);
        if (!read_all(request.data(), request.size())) break;
        call_number = header.call;
        if (!serve_one(request)) break;
    }
    _exit(EXIT_FAILURE);
}

}  // namespace worker
}  // namespace qkv

int main(int argc, char** argv) {
    // Memory that nobody wrote holds no zeros by chance: it reads as 1.4e306.
    mallopt(M_PERTURB, 0x80);
    for (const std::string_view argument : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
        if (argument == qkv::trap_nan)
            feenableexcept(FE_INVALID);
        else if (argument == qkv::trap_infinity)
            feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
        else
            qkv::worker::probe_kind = argument;
    }
    qkv::worker::serve_calls();
}
