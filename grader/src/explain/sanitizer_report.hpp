// Reads what ASan, UBSan or libstdc++'s assertions say when they end a worker: pages of text, of which a
// learner needs four facts. Knows the reports of clang 14 and later, without symbols.
#ifndef QKV_EXPLAIN_SANITIZER_REPORT_HPP
#define QKV_EXPLAIN_SANITIZER_REPORT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::grader {

struct SanitizerReport {
    enum class Tool { none, address, undefined, library };
    Tool tool = Tool::none;
    std::string kind;  ///< "heap-buffer-overflow"; of UBSan its sentence; of libstdc++ the condition that did not hold

    std::string access;            ///< "READ", "WRITE" or empty
    std::int64_t bytes = 0;        ///< that were read or written; 0 if unknown
    std::string where;             ///< "after", "before", "inside" or empty: of the block or variable
    std::int64_t distance = 0;     ///< in bytes, from its end or beginning
    std::int64_t block_bytes = 0;  ///< its size; 0 if unknown
    std::string variable;          ///< its name; empty for a block of the heap
    int variable_line = 0;

    std::string file;  ///< where UBSan says it happened
    int line = 0;
    /// Call stacks, innermost first, as offsets into the worker.
    std::vector<std::uint64_t> at, allocated, freed;
};

/// The text is the worker's and may be anything; what is no report gives Tool::none.
SanitizerReport read_sanitizer_report(std::string_view text);

}  // namespace qkv::grader

#endif
