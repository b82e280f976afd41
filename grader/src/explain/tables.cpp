// All the words of this wing, in every language, apart from the code that chooses them. A sentence's {name} is filled
// in by whoever says it.
#include "explain/tables.hpp"

#include <algorithm>
#include <csignal>

#include <toml++/toml.h>

namespace qkv::grader {

const std::map<Fault, Text>& fault_sentences() {
    static const std::map<Fault, Text> table = {
        {Fault::difference,
         {"{expression} ({found_shape}), first difference at row {row}, column {column}\n"
          "expected {expected}   found {found}   largest error {largest} (row {largest_row}, column {largest_column})",
          "{expression}（{found_shape}），第一处不同在第 {row} 行、第 {column} 列（从 0 数起）\n"
          "应为 {expected}   得到 {found}   最大误差 {largest}（第 {largest_row} 行、第 {largest_column} 列）"}},
        {Fault::not_finite,
         {"{expression} ({found_shape}) holds {found} at row {row}, column {column}; expected {expected}\n"
          "{origin}",
          "{expression}（{found_shape}）在第 {row} 行、第 {column} 列（从 0 数起）是 {found}，应为 {expected}\n"
          "{origin}"}},
        {Fault::shape,
         {"{expression} has shape {found_shape}, expected {expected_shape} (rows x columns)",
          "{expression} 的形状是 {found_shape}，应为 {expected_shape}（行 x 列）"}},
        {Fault::assertion,
         {"expected {expression}\nfound    {expanded}\n{origin}", "应有 {expression}\n得到 {expanded}\n{origin}"}},
        {Fault::no_exception,
         {"{expression} should throw std::invalid_argument, but it returned{misfit}",
          "{expression} 应抛出 std::invalid_argument，但它正常返回了{misfit}"}},
        {Fault::other_value,
         {"{expression} and {other} ({found_shape}) should be equal; first difference at row {row}, column {column}\n"
          "{found} and {expected}   largest difference {largest} (row {largest_row}, column {largest_column})\n"
          "{origin}",
          "{expression} 与 {other}（{found_shape}）应当相等；第一处不同在第 {row} 行、第 {column} 列（从 0 数起）\n"
          "{found} 与 {expected}   最大相差 {largest}（第 {largest_row} 行、第 {largest_column} 列）\n"
          "{origin}"}},
        {Fault::other_shape,
         {"{expression} is {found_shape} and {other} is {expected_shape}; they should be equal",
          "{expression} 的形状是 {found_shape}，{other} 的形状是 {expected_shape}；两者应当相等"}},
        {Fault::exception, {"{call} threw {type}{message}{due}", "{call} 抛出了 {type}{message}{due}"}},
        {Fault::eigen_assertion,
         {"{call} stopped in Eigen{place}: {operation}{message}{due}",
          "{call} 在 Eigen 中停下{place}：{operation}{message}{due}"}},
        {Fault::crash,
         {"{call} crashed: signal {signal_name}{place}{due}", "{call} 崩溃了：信号 {signal_name}{place}{due}"}},
        {Fault::sanitizer, {"{call} crashed", "{call} 崩溃了"}},  // its report is put into words elsewhere
        {Fault::stack_overflow,
         {"{call} used up the stack{place}: a function that calls itself without end?{due}",
          "{call} 用尽了栈空间{place}：是不是有函数无休止地调用自己？{due}"}},
        {Fault::exit,
         {"{call} ended the whole program with exit status {status}; a function must return or throw",
          "{call} 以退出状态 {status} 结束了整个程序；函数应当返回或抛出异常"}},
        {Fault::timeout,
         {"{call} did not return within {seconds} s{stuck}: a loop that never ends?{due}",
          "{call} 在 {seconds} 秒内没有返回{stuck}：是不是有死循环？{due}"}},
        {Fault::cpu_limit,
         {"{call} used up the computing time of its program{stuck}: a loop that never ends?{due}",
          "{call} 用尽了程序的计算时间{stuck}：是不是有死循环？{due}"}},
        {Fault::timed_out_before,
         {"not run: {function} had run out of time in an earlier test", "未运行：{function} 在前面的测试中已经超时"}},
        {Fault::exercise_limit,
         {"not run: the tests of the exercise reached their limit of {seconds} s",
          "未运行：本练习的测试达到了 {seconds} 秒的上限"}},
        {Fault::out_of_memory,
         {"{call} asked for more memory than the limit of {memory_limit} MB{due}",
          "{call} 申请的内存超过了 {memory_limit} MB 的上限{due}"}},
        {Fault::forbidden,
         {"{call} tried something that graded code may not do: {system_call}{place}\n"
          "Graded functions only compute: no files, no network, no processes.",
          "{call} 做了评分代码不允许的事：{system_call}{place}\n"
          "评分的函数只做计算：不用文件、网络和进程。"}},
        {Fault::bad_reply,
         {"the answer to {asked} could not be understood: {complaint}\n"
          "Only the grader's own code may use descriptor 3.",
          "无法理解 {asked} 的回复：{complaint}\n描述符 3 只供评分程序使用。"}},
        {Fault::mask_never_set,
         {"{call} returned a mask whose elements are not all true or false: some were never set\n"
          "Mask m(rows, cols) holds anything until it is filled: begin with Mask::Constant(rows, cols, false).",
          "{call} 返回的掩码里，有的元素既不是 true 也不是 false：没有赋过值\n"
          "Mask m(rows, cols) 在填好之前，里面什么都可能有：先写 Mask::Constant(rows, cols, false)。"}},
        {Fault::todo, {"{todo} is not written yet: its todo() was reached", "{todo} 还没有写：运行到了它的 todo()"}},
        {Fault::missing,
         {"{todo} is declared in {exercise}.hpp but not defined in your file; did its parameters change?",
          "{todo} 在 {exercise}.hpp 中有声明，但你的文件里没有定义；是不是改了参数？"}},
        {Fault::no_assertion,
         {"this test checked nothing: a fault of the kit, please report it",
          "这个测试什么也没有检查：这是工具的错误，请报告"}},
        {Fault::length,
         {"{expression} returned {found_shape} elements, expected {expected_shape}",
          "{expression} 返回了 {found_shape} 个元素，应为 {expected_shape} 个"}},
    };
    return table;
}

const std::map<Status, Text>& status_words() {
    static const std::map<Status, Text> table = {
        {Status::passed, {"passed", "通过"}},
        {Status::failed, {"failed", "未通过"}},
        {Status::not_implemented, {"not written yet", "还没有写"}},
        {Status::build_failed, {"does not compile", "编译不通过"}},
        {Status::missing, {"no file", "没有文件"}},
        {Status::blocked, {"waits for {}", "等待 {}"}},
    };
    return table;
}

const std::map<record::Complaint, Text>& complaint_words() {
    using record::Complaint;
    static const std::map<Complaint, Text> table = {
        {Complaint::unasked, {"it came without a call", "没有调用却发来了回复"}},
        {Complaint::cut_short, {"it ends in the middle", "回复只有半截"}},
        {Complaint::bad_exception, {"it describes an exception in a wrong way", "对异常的描述有误"}},
        {Complaint::no_function, {"it names no function", "没有写明是哪个函数"}},
        {Complaint::unknown_kind, {"it is of an unknown kind", "回复的种类不明"}},
        {Complaint::wrong_type, {"it is not what the function returns", "不是这个函数的返回类型"}},
        {Complaint::unknown_format, {"it is not in the grader's format", "不是评分程序的格式"}},
        {Complaint::other_call, {"it answers another call", "回复的是另一次调用"}},
        {Complaint::too_large, {"it is larger than 64 MiB", "回复超过了 64 MiB"}},
        {Complaint::closed, {"the channel was closed", "通道被关闭了"}},
    };
    return table;
}

const std::map<int, Text>& signal_words() {
    static const std::map<int, Text> table = {
        {SIGSEGV, {"SIGSEGV (memory that is not its own)", "SIGSEGV（访问了不属于它的内存）"}},
        {SIGABRT, {"SIGABRT (aborted, or the heap was overwritten)", "SIGABRT（程序中止，或堆内存被写坏）"}},
        {SIGFPE, {"SIGFPE (integer division by zero)", "SIGFPE（整数除以零）"}},
        {SIGILL,
         {"SIGILL (did a function end without returning a value?)", "SIGILL（多半是函数走到了结尾却没有 return）"}},
        {SIGTRAP,
         {"SIGTRAP (did a function end without returning a value?)", "SIGTRAP（多半是函数走到了结尾却没有 return）"}},
    };
    return table;
}

const std::map<BuildFault::Kind, BuildWords>& build_fault_words() {
    using Kind = BuildFault::Kind;
    static const std::map<Kind, BuildWords> table = {
        {Kind::no_plain_file,
         {{"{file}: this is not a regular file that can be read", "{file}: 这不是一个可以读取的普通文件"},
          {"Is it a folder, a link, or without permission to read? Put a plain file there.",
           "它是文件夹、链接，还是没有读取权限？请换成普通文件。"}}},
        {Kind::file_too_large,
         {{"{file}: the file is larger than the limit of {limit} KB", "{file}: 文件大于 {limit} KB 的上限"},
          {"A solution takes a few KB. Did data get into this file?", "解答只需几 KB，是不是有数据混进了这个文件？"}}},
        {Kind::timed_out, {{"the compiler did not finish within {limit} s", "编译器在 {limit} 秒内没有完成"}, {}}},
        {Kind::object_too_large,
         {{"error: the compiled file would be larger than {limit} MB", "error: 编译出的文件会超过 {limit} MB"}, {}}},
        {Kind::forbidden_function,
         {{"error: {function} is not to be used in {exercise}; write what it does yourself",
           "error: {exercise} 中不能使用 {function}，请自己实现它的功能"},
          {}}},
    };
    return table;
}

const std::map<Operation, OriginWords>& origin_sentences() {
    static const std::map<Operation, OriginWords> table = {
        {Operation::division,
         {{"a division, 0/0 or inf/inf", "除法（0/0 或 inf/inf）"},
          {"a division, by zero or by too small a number", "除法（除数为零或太小）"}}},
        {Operation::sum,
         {{"a sum or difference, inf - inf", "加减法（inf - inf）"}, {"a sum that overflowed", "加法溢出"}}},
        {Operation::product, {{"a product, 0 * inf", "乘法（0 * inf）"}, {"a product that overflowed", "乘法溢出"}}},
        {Operation::product_sum,
         {{"a sum of products, 0 * inf or inf - inf", "乘加（0 * inf 或 inf - inf）"},
          {"a sum of products that overflowed", "乘加溢出"}}},
        {Operation::root, {{"the square root of a negative number", "对负数开平方"}, {"a square root", "开平方"}}},
        {Operation::function,
         {{"a mathematical function outside its domain, such as the root or logarithm of a negative number",
           "数学函数的自变量超出定义域（例如对负数开平方或取对数）"},
          {"a mathematical function that overflowed, such as exp(1000)", "数学函数溢出（例如 exp(1000)）"}}},
    };
    return table;
}

extern const char* const meanings_toml;  // made from the file by CMake

static std::vector<Meaning> read_meanings(const toml::array& entries) {
    std::vector<Meaning> all;
    for (const toml::node& node : entries) {
        const toml::table& entry = *node.as_table();
        Meaning& meaning = all.emplace_back();
        meaning.key = entry["key"].value_or("");
        for (const LanguageEntry& language : languages)
            meaning.words.*language.words = entry[language.code].value_or("");
    }
    return all;
}

const std::vector<Meaning>& meanings(const std::string& table) {
    static const std::map<std::string, std::vector<Meaning>> tables = [] {
        std::map<std::string, std::vector<Meaning>> read;
        for (const auto& [name, entries] : toml::parse(meanings_toml))
            read[std::string(name.str())] = read_meanings(*entries.as_array());
        return read;
    }();
    return tables.at(table);
}

const Text* meaning_of(const std::string& table, std::string_view text) {
    const auto stands_in = [&](const Meaning& meaning) { return text.find(meaning.key) != std::string_view::npos; };
    const auto found = std::ranges::find_if(meanings(table), stands_in);
    return found == meanings(table).end() ? nullptr : &found->words;
}

}  // namespace qkv::grader
