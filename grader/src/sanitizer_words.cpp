#include "sanitizer_words.hpp"

#include <vector>

#include <fmt/format.h>

namespace qkv {

namespace {

using Tool = SanitizerReport::Tool;

struct Meaning {
    Tool tool;
    const char* piece;  ///< of the report's kind
    Text words;
};

const std::vector<Meaning>& meanings() {
    static const std::vector<Meaning> all = {
        {Tool::address,
         "heap-buffer-overflow",
         {"The index or size is too large: the matrix or array is shorter than the code believes.",
          "下标或长度太大：矩阵或数组并没有代码以为的那么长。"}},
        {Tool::address,
         "stack-buffer-",
         {"A local variable is smaller than the code believes: an array of n has the indices 0 to n - 1.",
          "局部变量没有代码以为的那么大：长度为 n 的数组，下标是 0 到 n - 1。"}},
        {Tool::address,
         "global-buffer-overflow",
         {"A static array is shorter than the code believes: an array of n has the indices 0 to n - 1.",
          "静态数组没有代码以为的那么长：长度为 n 的数组，下标是 0 到 n - 1。"}},
        {Tool::address,
         "heap-use-after-free",
         {"This memory was given back already. A reference, pointer, .row() or .block() looks into a matrix or vector\n"
          "that has gone or was resized; an Eigen expression kept with auto does that too: write Matrix y = ...",
          "这块内存已经归还了。引用、指针、.row() 或 .block() 指向的矩阵或 vector 已经不在，或者改变了大小；\n"
          "用 auto 保存的 Eigen 表达式也会这样：请写 Matrix y = ..."}},
        {Tool::address,
         "stack-use-after-scope",
         {"The variable or temporary has gone. auto y = f(x) * w keeps an expression that refers to the temporary "
          "f(x),\n"
          "not its value: write Matrix y = ... or add .eval().",
          "这个变量或临时对象已经不在了。auto y = f(x) * w 保存的不是值，而是引用着临时对象 f(x) 的表达式：\n"
          "请写 Matrix y = ...，或在末尾加 .eval()。"}},
        {Tool::address,
         "stack-use-after-return",
         {"A function returned a reference, pointer or Eigen expression (auto, x.transpose()) to a variable of its "
          "own,\n"
          "which ends with it. Let it return a Matrix.",
          "函数返回了指向自己局部变量的引用、指针或 Eigen 表达式（如 auto、x.transpose()），函数结束后变量就没有了。\n"
          "请让它返回 Matrix。"}},
        {Tool::address,
         "double-free",
         {"The same memory was deleted twice. Let a std::vector or Matrix own it; then nothing needs deleting.",
          "同一块内存释放了两次。让 std::vector 或 Matrix 管理内存，就不必自己释放。"}},
        {Tool::address,
         "bad-free",
         {"delete or free got an address that new or malloc never gave out.",
          "delete 或 free 得到的地址不是 new 或 malloc 分配的。"}},
        {Tool::address,
         "alloc-dealloc-mismatch",
         {"What new[] made needs delete[], what new made needs delete, malloc needs free; a std::vector needs nothing.",
          "new[] 要配 delete[]，new 要配 delete，malloc 要配 free；用 std::vector 就都不需要。"}},
        {Tool::address,
         "stack-overflow",
         {"The stack is used up: a function that calls itself without end?",
          "栈空间用尽了：是不是有函数无休止地调用自己？"}},
        {Tool::address,
         "SEGV",
         {"This address is no memory of the program: a pointer that was never set, or an index far out of range?",
          "这个地址不属于程序的内存：是指针没有赋值，还是下标远远越界？"}},
        {Tool::address,
         "out-of-memory",
         {"More memory than there is: a negative size, or a loop that allocates without end?",
          "申请的内存太多：是长度为负，还是在循环里不停地分配？"}},
        {Tool::address,
         "allocation-size-too-big",
         {"More memory than any machine has: is the size negative, or was it never set?",
          "申请的内存超过了任何机器所有：长度是不是负数，或者没有赋值？"}},
        {Tool::undefined,
         "integer overflow",
         {"The result does not fit its type: an int ends at 2147483647. For sizes and positions take Index.",
          "结果超出了类型的范围：int 最大是 2147483647。大小和位置请用 Index。"}},
        {Tool::undefined,
         "cannot be represented in type",
         {"The result does not fit its type: an int ends at 2147483647. For sizes and positions take Index.",
          "结果超出了类型的范围：int 最大是 2147483647。大小和位置请用 Index。"}},
        {Tool::undefined,
         "shift",
         {"A shift must be at least 0 and less than the number of bits: 32 for int, 64 for Index.",
          "移位的位数不能为负，并且要小于类型的位数：int 是 32，Index 是 64。"}},
        {Tool::undefined,
         "null pointer",
         {"A pointer to nothing was used: was it ever set, and is the matrix or vector behind .data() empty?",
          "使用了空指针：它赋过值吗？取 .data() 的矩阵或 vector 是不是空的？"}},
        {Tool::undefined,
         "misaligned address",
         {"No such value can lie at this address: was a pointer cast to another type?",
          "这种类型的值不可能放在这个地址：是不是把指针强制转换成了别的类型？"}},
        {Tool::undefined,
         "without returning a value",
         {"A way through this function ends without return: give every branch one.",
          "这个函数有一条路径没有 return：每个分支都要返回值。"}},
        {Tool::undefined,
         "unreachable",
         {"The code came to a place that it promised never to reach.", "代码走到了它声明绝不会到达的地方。"}},
        {Tool::undefined,
         "out of bounds for type",
         {"An array of n has the indices 0 to n - 1.", "长度为 n 的数组，下标是 0 到 n - 1。"}},
        {Tool::undefined,
         "not a valid value for type",
         {"A bool or enum holds a number that is none of its values: it was never set. Write bool found = false;",
          "bool 或 enum 里的数不是它的任何一个值：它没有赋过值。请写 bool found = false;"}},
        {Tool::undefined,
         "division by zero",
         {"Whole numbers cannot be divided by zero: is a size 0 here?", "整数不能除以零：这里是不是有一个大小为 0？"}},
        {Tool::undefined,
         "outside the range of representable values",
         {"The number (or NaN) does not fit the whole-number type it is converted to.",
          "这个数（或 NaN）放不进要转换成的整数类型。"}},
        {Tool::library,
         "< this->size()",
         {"An index must be below size(): a container of n has the indices 0 to n - 1.",
          "下标必须小于 size()：有 n 个元素的容器，下标是 0 到 n - 1。"}},
        {Tool::library,
         "empty()",
         {"front(), back() or pop_back() of an empty container.", "对空容器调用了 front()、back() 或 pop_back()。"}},
        {Tool::library,
         "",
         {"The standard library asks for this before the call.", "这是标准库在调用之前要求成立的条件。"}},
    };
    return all;
}

std::string place_words(const SourceLine& place, bool zh) {
    return fmt::format(fmt::runtime(zh ? "{} 第 {} 行" : "{}:{}"), place.file, place.line);
}

/// The block or variable that was missed.
std::string target_words(const SanitizerReport& report, bool zh) {
    if (report.variable.empty())
        return fmt::format(fmt::runtime(zh ? " {} 字节的内存块" : "a block of {} bytes"), report.block_bytes);
    // Compilers call what has no name ref.tmp, agg.tmp and the like.
    const bool named = report.variable.find('.') == std::string::npos;
    std::string words = named ? (zh ? " " : "") + report.variable : zh ? "一个临时对象" : "a temporary";
    if (report.block_bytes > 0)
        words += fmt::format(fmt::runtime(zh ? "（{} 字节）" : " ({} bytes)"), report.block_bytes);
    if (report.variable_line > 0)
        words += fmt::format(fmt::runtime(zh ? "（第 {} 行）" : " (line {})"), report.variable_line);
    return words;
}

/// "reads 8 bytes past the end of a block of 48 bytes"; empty if the report does not say.
std::string access_words(const SanitizerReport& report, bool zh) {
    if (report.access.empty()) return "";
    const bool read = report.access == "READ";
    std::string words = zh ? (read ? "读取" : "写入") : (read ? "reads" : "writes");
    if (report.bytes > 0) words += fmt::format(fmt::runtime(zh ? " {} 字节" : " {} bytes"), report.bytes);
    const bool known = !report.variable.empty() || report.block_bytes > 0;
    if (!known || report.where.empty()) return words;
    const std::string target = target_words(report, zh);
    if (report.where == "inside") return words + (zh ? "，位于" + target + "之内" : " inside " + target);
    const bool after = report.where == "after";
    const bool far = report.distance > 0;
    if (zh)
        return words + "，位于" + target + (after ? "末尾之后" : "开头之前") +
               (far ? fmt::format(" {} 字节处", report.distance) : "");
    return words + (far ? fmt::format(", {} bytes", report.distance) : "") +
           (after ? " past the end of " : " before the beginning of ") + target;
}

std::string line_of_facts(const SanitizerReport& report, const SourceLine& at, bool zh) {
    const std::string access = access_words(report, zh);
    if (at.line == 0) return access;
    std::string place = place_words(at, zh);
    if (!at.function.empty()) place += fmt::format(fmt::runtime(zh ? "（{}）" : " in {}"), at.function);
    if (access.empty()) return (zh ? "在 " : "at ") + place;
    return zh ? "在 " + place + access : access + (report.bytes > 0 ? ", at " : " at ") + place;
}

std::string line_of_history(const ReportPlaces& places, bool zh) {
    std::string words;
    if (places.allocated.line > 0) words += (zh ? "分配于 " : "allocated at ") + place_words(places.allocated, zh);
    if (places.freed.line > 0) {
        if (!words.empty()) words += zh ? "，" : ", ";
        words += (zh ? "释放于 " : "freed at ") + place_words(places.freed, zh);
    }
    return words;
}

}  // namespace

Text sanitizer_meaning(const SanitizerReport& report) {
    for (const Meaning& meaning : meanings()) {
        if (meaning.tool == report.tool && report.kind.find(meaning.piece) != std::string::npos) return meaning.words;
    }
    return {};
}

std::string sanitizer_message(const SanitizerReport& report, const ReportPlaces& places, const std::string& call,
                              Language language) {
    const bool zh = language == Language::zh;
    const char* tool = report.tool == Tool::address     ? "AddressSanitizer: "
                       : report.tool == Tool::undefined ? "UndefinedBehaviorSanitizer: "
                       : zh                             ? "libstdc++ 断言不成立："
                                                        : "libstdc++ asserts ";
    std::string message = fmt::format(fmt::runtime(zh ? "{} 崩溃了：{}{}" : "{} crashed: {}{}"), call,
                                      report.tool == Tool::none ? "" : tool, report.kind.substr(0, 200));
    for (const std::string& line :
         {line_of_facts(report, places.at, zh), line_of_history(places, zh), sanitizer_meaning(report).in(language)}) {
        if (!line.empty()) message += "\n" + line;
    }
    return clean(message, 2000);
}

}  // namespace qkv
