#include "explain/sanitizer_words.hpp"

#include <vector>

#include <fmt/format.h>

namespace qkv::grader {

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
         {"Check the index and the size: the matrix or array is shorter than the code believes.",
          "检查下标和长度：矩阵或数组并没有代码以为的那么长。"}},
        {Tool::address,
         "stack-buffer-",
         {"Check the index: an array of n has the indices 0 to n - 1, and this local variable ends before.",
          "检查下标：长度为 n 的数组，下标是 0 到 n - 1；这个局部变量没有代码以为的那么大。"}},
        {Tool::address,
         "global-buffer-overflow",
         {"Check the index: an array of n has the indices 0 to n - 1, and this static array ends before.",
          "检查下标：长度为 n 的数组，下标是 0 到 n - 1；这个静态数组没有代码以为的那么长。"}},
        {Tool::address,
         "heap-use-after-free",
         {"Do not use auto for Eigen expressions: write Matrix y = ...; and keep no reference, pointer, .row() or\n"
          ".block() of a matrix or vector that goes or is resized: its memory was given back already.",
          "不要用 auto 保存 Eigen 表达式：写 Matrix y = ...; 也不要留着引用、指针、.row() 或 .block()，\n"
          "而它所指的矩阵或 vector 已经不在，或者改变了大小：那块内存已经归还了。"}},
        {Tool::address,
         "stack-use-after-scope",
         {"Do not use auto: write Matrix y = f(x) * w; or end it with .eval(). auto keeps no value but an expression\n"
          "that refers to the temporary f(x), and that has gone. So has a variable whose block has ended.",
          "不要用 auto：写 Matrix y = f(x) * w; 或在末尾加 .eval()。auto 保存的不是值，而是引用着临时对象 f(x)\n"
          "的表达式，而那个临时对象已经不在了。离开了花括号的变量也是如此。"}},
        {Tool::address,
         "stack-use-after-return",
         {"Let the function return a Matrix. It returned a reference, pointer or Eigen expression (auto,\n"
          "x.transpose()) to a variable of its own, which ends with it.",
          "让函数返回 Matrix。它返回的引用、指针或 Eigen 表达式（如 auto、x.transpose()）指向自己的局部变量，\n"
          "函数结束后变量就没有了。"}},
        {Tool::address,
         "double-free",
         {"Let a std::vector or Matrix own the memory; then nothing needs deleting. This was deleted twice.",
          "让 std::vector 或 Matrix 管理内存，就不必自己释放。这块内存释放了两次。"}},
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
         {"Take Index for sizes and positions: an int ends at 2147483647, and the result does not fit.",
          "大小和位置请用 Index：int 最大是 2147483647，结果超出了范围。"}},
        {Tool::undefined,
         "cannot be represented in type",
         {"Take Index for sizes and positions: an int ends at 2147483647, and the result does not fit.",
          "大小和位置请用 Index：int 最大是 2147483647，结果超出了范围。"}},
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
         {"Give every branch a return: a way through this function ends without one.",
          "让每个分支都 return：这个函数有一条路径走到了结尾却没有 return。"}},
        {Tool::undefined,
         "unreachable",
         {"The code came to a place that it promised never to reach.", "代码走到了它声明绝不会到达的地方。"}},
        {Tool::undefined,
         "out of bounds for type",
         {"An array of n has the indices 0 to n - 1.", "长度为 n 的数组，下标是 0 到 n - 1。"}},
        {Tool::undefined,
         "not a valid value for type",
         {"Write bool found = false; this bool or enum was never set and holds a number that is none of its values.",
          "请写 bool found = false; 这个 bool 或 enum 没有赋过值，里面的数不是它的任何一个值。"}},
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
    std::string access = access_words(report, zh);
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

}  // namespace qkv::grader
