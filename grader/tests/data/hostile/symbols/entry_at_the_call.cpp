// tries: to replace its own entry on the table while the first call is served
// verdict: bad_reply
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace qkv {
namespace wire {
class Reader;
class Writer;
enum class FrameKind : std::uint32_t { value = 2 };
}  // namespace wire
namespace worker {
using wire::FrameKind;
using wire::Reader;
using wire::Writer;
struct Entry {  // as the kit declares it
    Entry(const char* its_name, void* its_address, bool (*its_serve)(void*, Reader&, Writer&));
    const char* name;
    void* address;
    bool (*serve)(void* address, Reader& arguments, Writer& result);
    const Entry* next;
};
[[noreturn]] void serve_calls();
enum class Nothing {};
}  // namespace worker
namespace worker {
void send_frame(FrameKind kind, std::uint64_t call, std::span<const std::byte> payload);
std::uint64_t current_call();
}  // namespace worker
}  // namespace qkv

namespace counting {

static bool serve_nothing(void*, qkv::wire::Reader&, qkv::wire::Writer&) { return true; }

Matrix running_sums(const Matrix&) {
    static const qkv::worker::Entry again("running_sums", reinterpret_cast<void*>(1), serve_nothing);
    qkv::worker::send_frame(qkv::wire::FrameKind::value, qkv::worker::current_call(), {});
    qkv::worker::serve_calls();  // within the call
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
