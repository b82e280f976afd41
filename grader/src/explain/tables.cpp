// All the words of this wing, in every language, apart from the code that chooses them. A sentence's {name} is filled
// in by whoever says it.
#include "explain/tables.hpp"

#include <csignal>

namespace qkv::grader {

const std::map<Fault, Text>& fault_sentences() {
    static const std::map<Fault, Text> table = {
        {Fault::difference,
         {"{expression} ({found_shape}), first difference at row {row}, column {column}\n"
          "expected {expected}   found {found}   largest error {largest} (row {largest_row}, column {largest_column})"
          "{precision}",
          "{expression}（{found_shape}），第一处不同在行 {row}、列 {column}（从 0 数起）\n"
          "应为 {expected}   得到 {found}   最大误差 {largest}（行 {largest_row}、列 {largest_column}）"
          "{precision}"}},
        {Fault::not_finite,
         {"{expression} ({found_shape}) holds {found} at row {row}, column {column}; expected {expected}\n"
          "{origin}",
          "{expression}（{found_shape}）在第 {row} 行、第 {column} 列是 {found}，应为 {expected}\n"
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
         {"{expression} and {other} ({found_shape}) should be equal\n"
          "first difference at row {row}, column {column}: {found} and {expected}   "
          "largest difference {largest} (row {largest_row}, column {largest_column})\n"
          "{origin}",
          "{expression} 与 {other}（{found_shape}）应当相等\n"
          "第一处不同在行 {row}、列 {column}（从 0 数起）：{found} 与 {expected}   "
          "最大相差 {largest}（行 {largest_row}、列 {largest_column}）\n"
          "{origin}"}},
        {Fault::other_shape,
         {"{expression} is {found_shape} and {other} is {expected_shape}; they should be equal",
          "{expression} 的形状是 {found_shape}，{other} 的形状是 {expected_shape}；两者应当相等"}},
        {Fault::exception, {"{call} threw {type}{message}{due}", "{call} 抛出了 {type}{message}{due}"}},
        {Fault::eigen_assertion,
         {"{call} stopped in Eigen{place}: {operation}{message}{due}",
          "{call} 在 Eigen 中停下{place}：{operation}{message}{due}"}},
        {Fault::crash, {"{call} crashed: signal {signal_name}{place}", "{call} 崩溃了：信号 {signal_name}{place}"}},
        {Fault::sanitizer, {"{call} crashed", "{call} 崩溃了"}},  // its report is put into words elsewhere
        {Fault::stack_overflow,
         {"{call} used up the stack{place}: a function that calls itself without end?",
          "{call} 用尽了栈空间{place}：是不是有函数无休止地调用自己？"}},
        {Fault::exit,
         {"{call} ended the whole program with exit status {status}; a function must return or throw",
          "{call} 以退出状态 {status} 结束了整个程序；函数应当返回或抛出异常"}},
        {Fault::timeout,
         {"{call} did not return within {seconds} s{stuck}: a loop that never ends?",
          "{call} 在 {seconds} 秒内没有返回{stuck}：是不是有死循环？"}},
        {Fault::cpu_limit,
         {"{call} used up the computing time of its program{stuck}: a loop that never ends?",
          "{call} 用尽了程序的计算时间{stuck}：是不是有死循环？"}},
        {Fault::timed_out_before,
         {"not run: {function} had run out of time in an earlier test", "未运行：{function} 在前面的测试中已经超时"}},
        {Fault::exercise_limit,
         {"not run: the tests of the exercise reached their limit of {seconds} s",
          "未运行：本练习的测试达到了 {seconds} 秒的上限"}},
        {Fault::out_of_memory,
         {"{call} asked for more memory than the limit of {memory_limit} MB",
          "{call} 申请的内存超过了 {memory_limit} MB 的上限"}},
        {Fault::forbidden,
         {"{call} tried something that graded code may not do: the system call {system_call_name}{place}\n"
          "Graded functions only compute: no files, no network, no processes.",
          "{call} 做了评分代码不允许的事：系统调用 {system_call_name}{place}\n"
          "评分的函数只做计算：不用文件、网络和进程。"}},
        {Fault::bad_reply,
         {"the answer to {call} could not be understood: {complaint}\n"
          "Only the grader's own code may use descriptor 3.",
          "无法理解 {call} 的回复：{complaint}\n描述符 3 只供评分程序使用。"}},
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

// The first whose pattern is found decides: what is about files and Eigen before what is about C++ itself.
const std::vector<CompileError>& compile_errors() {
    static const std::vector<CompileError> table = {
        {"differ only in their return type|ambiguating new declaration",
         {"The return type of this function differs from its declaration in {}.hpp. Change it back; the tests need it "
          "as declared.",
          "这个函数的返回类型与 {}.hpp 中的声明不同。请改回去，测试依赖这个声明。"}},
        {"undefined symbol|undefined reference",
         {"This function is declared and called, but its body is in no file. Write it, or remove the call.",
          "这个函数有声明、也被调用，但没有函数体。请补上它，或者去掉调用。"}},
        {"file not found|No such file or directory",
         {"Only the standard library, Eigen and {}.hpp can be included here: this one file is all that is graded.",
          "这里只能包含标准库、Eigen 和 {}.hpp：评分时只看这一个文件。"}},
        {"not valid UTF-8|byte order mark detected|UTF-16|stray .\\\\3[57]7",
         {"The file is not plain UTF-8 text. Let your editor save it with the encoding UTF-8.",
          "这个文件不是 UTF-8 编码的文本。请在编辑器中改用 UTF-8 编码存盘。"}},
        {"character <U\\+(FF|30|20)|stray .\\\\(343\\\\200|357\\\\27[45]|342\\\\200)",
         {"This is a full-width or typographic sign. Type it anew as a plain one: ; , ( ) \" -",
          "这是全角（中文）标点。代码里的标点要用英文输入法输入。"}},
        {"MatrixExponentialReturnValue|MatrixSquareRootReturnValue|MatrixLogarithmReturnValue|"
         "MatrixFunctionReturnValue",
         {"On a Matrix this is the function of linear algebra (the matrix exponential, say). For every element by "
          "itself "
          "write x.array().exp().",
          "对 Matrix 来说，这是线性代数里的函数（例如矩阵指数）。要对每个元素分别计算，请写 x.array().exp()。"}},
        {"no matching function for call to .{1,3}(exp|log|sqrt|tanh|sin|cos|abs|pow|erf)[^a-z_]",
         {"The functions of std take one number, not a matrix. For every element write x.array().exp(), "
          "x.array().sqrt() and so on.",
          "std 的数学函数一次只算一个数，不能传入矩阵。要逐元素计算，请写 x.array().exp()、x.array().sqrt() 等。"}},
        {"no matching function for call to .{1,3}(max|min)[^a-z_]|stl_algobase",
         {"std::max and std::min take two numbers of one type: std::max(a, Scalar(0)). For the elements of matrices "
          "write x.cwiseMax(y).",
          "std::max 和 std::min 只比较两个类型相同的数，例如 std::max(a, Scalar(0))。矩阵逐元素比较请写 "
          "x.cwiseMax(y)。"}},
        {"THE_BRACKET_OPERATOR_IS_ONLY_FOR_VECTORS|subscripted value is not an array|invalid types .* for array "
         "subscript",
         {"Square brackets are for vectors only. An element is x(i, j), a row is x.row(i).",
          "方括号只能用于向量。取一个元素写 x(i, j)，取一行写 x.row(i)。"}},
        {"YOU_PASSED_A_COLUMN_VECTOR_BUT_A_ROW_VECTOR_WAS_EXPECTED",
         {"x.rowwise() + b takes a row b, one number for each column of x. A column with one number for each row goes "
          "with "
          "x.colwise() + c.",
          "x.rowwise() + b 中的 b 必须是行向量，x 的每一列对应一个数。每一行对应一个数的列向量要写 x.colwise() + c。"}},
        {"YOU_PASSED_A_ROW_VECTOR_BUT_A_COLUMN_VECTOR_WAS_EXPECTED",
         {"x.colwise() + c takes a column c, one number for each row of x. A row with one number for each column goes "
          "with "
          "x.rowwise() + b.",
          "x.colwise() + c 中的 c 必须是列向量，x 的每一行对应一个数。每一列对应一个数的行向量要写 x.rowwise() + b。"}},
        {"YOU_TRIED_CALLING_A_VECTOR_METHOD_ON_A_MATRIX",
         {"A vector is wanted here, and a Matrix is not one by its type, even with a single row or column. Use a "
          "RowVector, or take x.row(0) or x.col(0).",
          "这里需要一个向量；Matrix 即使只有一行或一列，类型上也不是向量。请用 RowVector，或取 x.row(0)、x.col(0)。"}},
        {"YOU_MIXED_MATRICES_OF_DIFFERENT_SIZES",
         {"Two shapes meet that can never be equal, a row and a column, say. Transpose one of them: v.transpose().",
          "两个形状永远不可能相同，例如一个是行、一个是列。请把其中一个转置：v.transpose()。"}},
        {"YOU_MIXED_DIFFERENT_NUMERIC_TYPES|no type named .ReturnType.|no type named .{1,3}ReturnType",
         {"Numbers of different types do not mix in Eigen: convert with .cast<Scalar>(), or write Scalar(2) for 2.0.",
          "Eigen 中不同类型的数不能混用：请用 .cast<Scalar>() 转换，常数写成 Scalar(2)。"}},
        {"(no viable conversion|cannot convert).*(Eigen::|<…>|qkv::Matrix|RowVector).* to "
         ".*(Scalar|double|float|Index|bool|int)[^a-z]"
         "|INVALID_VECTOR_VECTOR_PRODUCT",
         {"A number is wanted here, and this is a matrix, be it only 1 x 1. The dot product of two rows is a.dot(b), a "
          "sum "
          "x.sum(), an element x(i, j).",
          "这里需要一个数，而表达式是矩阵（哪怕只有 1 x 1）。两行的点积写 a.dot(b)，求和写 x.sum()，取元素写 x(i, "
          "j)。"}},
        {"(no viable conversion|conversion) from .{1,3}(const "
         ")?(int|long|double|Eigen::Index|Index|qkv::Scalar|Scalar)[^a-z<].* to "
         ".*(Matrix|RowVector)",
         {"A number does not become a matrix by itself: write Matrix::Constant(rows, cols, x), or Matrix t(rows, cols) "
          "for the shape alone.",
          "一个数不会自动变成矩阵：请写 Matrix::Constant(rows, cols, x)；只要形状则写 Matrix t(rows, cols)。"}},
        {"incompatible operand types|operands to .* have different types",
         {"The two branches of ?: are two kinds of Eigen expressions. Make both a Matrix, a ? Matrix(x) : Matrix(y), "
          "or "
          "write an if.",
          "?: 的两个分支是不同类型的 Eigen 表达式。请都写成矩阵：a ? Matrix(x) : Matrix(y)，或者改用 if。"}},
        {"reference to non-static member function must be called|cannot resolve overloaded function|\\(\\) const",
         {"A function is called with parentheses, also without arguments: x.rows(), x.maxCoeff().",
          "调用函数要写括号，没有参数时也要写：x.rows()、x.maxCoeff()。"}},
        {"no member named .* in .{1,3}Eigen|(Eigen|qkv::|RowVector).* has no member named",
         {"Eigen has no member of this name. PyTorch's x.T and x.shape are x.transpose() and x.rows(), x.cols(); more "
          "in "
          "docs/pytorch-to-eigen.md.",
          "Eigen 没有叫这个名字的成员。PyTorch 的 x.T、x.shape 在这里是 x.transpose() 和 x.rows()、x.cols()；"
          "详见 docs/pytorch-to-eigen.zh.md。"}},
        {"too many arguments to function call, expected 0|no matching function for call to .*Eigen.*\\((int|long "
         "int)\\)",
         {"This function takes no argument. What is an axis in PyTorch is x.rowwise().sum() or x.colwise().sum() here.",
          "这个函数没有参数。PyTorch 里用 dim 指定的方向，在这里写成 x.rowwise().sum() 或 x.colwise().sum()。"}},
        {"cannot assign to return value because function 'operator\\(\\)' returns a const value|assignment of read-only"
         "|no viable overloaded '[*/]='|discards qualifiers|no match for .{1,3}operator=.*Const(Row|Col)"
         "|no matching member function for call to '(set|fill|resize|swap)",
         {"A const Matrix& cannot be changed: copy it first, Matrix t = x;.",
          "const Matrix& 不能修改：先复制一份，Matrix t = x;。"}},
        {"no viable overloaded '[-+]='|no match for .{1,3}operator[-+]=",
         {"A number is added to every element by x.array() += 1, a row to every row by x.rowwise() += b. And a const "
          "Matrix& "
          "cannot be changed: copy it first.",
          "给每个元素加一个数写 x.array() += 1，给每一行加一个行向量写 x.rowwise() += b。另外，const Matrix& 不能修改，"
          "要先复制一份。"}},
        {"no viable overloaded '='|no match for .{1,3}operator=[^=]",
         {"What stands on the right cannot become what stands on the left. If the left is part of a const Matrix&, "
          "copy "
          "that "
          "first: Matrix t = x;.",
          "右边的表达式不能赋给左边。如果左边属于 const Matrix&，请先复制一份：Matrix t = x;。"}},
        {"(invalid operands to binary expression|no match for "
         ".{1,3}operator).*(ArrayWrapper|ArrayBase|Eigen::Array|qkv::Mask)",
         {"An array and a matrix do not mix in one operation: x.array() * w.array() works element by element, x * w is "
          "the "
          "matrix product.",
          "数组和矩阵不能出现在同一个运算里：逐元素相乘写 x.array() * w.array()，矩阵乘法写 x * w。"}},
        {"(invalid operands to binary expression|no match for .{1,3}operator).*(qkv::|Eigen::|<…>|'(const "
         ")?(Matrix|RowVector|Mask)')",
         {"Eigen has no such operation on matrices. To every element: x.array() + 1. To every row: x.rowwise() + b. "
          "Element "
          "by element: x.array() / y.array(), x.array() > 0.",
          "Eigen 的矩阵没有这种运算。每个元素加一个数：x.array() + 1；每一行加一个行向量：x.rowwise() + b；"
          "逐元素相除、比较：x.array() / y.array()、x.array() > 0。"}},
        {"construct_at",
         {"emplace_back (or the like) passes on what no constructor of the element takes. Write push_back({{a, b}}).",
          "emplace_back 之类把参数原样传给元素的构造函数，而没有这样的构造函数。请写 push_back({{a, b}})。"}},
        {"'__begin'|std::ranges::",
         {"This view cannot be made of what stands before it. A plain loop always works.",
          "前面的对象不能做成这种 view。换成普通的循环总是可以的。"}},
        {"local binding|in capture list does not name a variable",
         {"A name of auto [a, b] = ... cannot be captured by a lambda here: put it into a variable of its own first.",
          "auto [a, b] = ... 里的名字在这里不能被 lambda 捕获：先存进一个普通变量。"}},
        {"no matching function for call to|no match for call to|cannot bind non-const lvalue reference",
         {"No function of this name takes these arguments. A row or an expression cannot be passed as Matrix& or "
          "RowVector&: take const Matrix&, or pass a copy.",
          "没有接受这些参数的同名函数。一行或一个表达式不能传给 Matrix& 或 RowVector&：参数请用 const Matrix&，"
          "或先复制一份再传。"}},
        {"expected .?.?.?[;]|expected .*or .*;.* before",
         {"A semicolon is missing here, or at the end of the line before.", "这里或上一行的末尾少了分号。"}},
        {"expected .?.?.?[}]|extraneous closing brace|expected (declaration|unqualified-id) before .?.?.?[}]"
         "|function.definition is not allowed here",
         {"The braces do not pair, here or above: one }} is missing, or one too many.",
          "花括号不成对（这里或上面）：少了一个 }}，或者多了一个。"}},
        {"(unknown type name|undeclared identifier) '(Matrix|Scalar|Index|Mask|RowVector|TokenIds)'"
         "|.(Matrix|Scalar|Index|Mask|RowVector|TokenIds).{1,3} (does not name a type|was not declared)",
         {"Matrix, Scalar, Index are known inside namespace {} {{ ... }}. Does this line stand outside of it?",
          "Matrix、Scalar、Index 只在 namespace {} {{ ... }} 里面有效。这一行是不是写在了它的外面？"}},
        {"no (type|member|template) named .* in namespace 'std'|is not a member of .{1,3}std",
         {"The standard library's header for this name is not included (std::cout needs #include <iostream>), or the "
          "name is misspelt.",
          "没有包含这个名字所在的标准库头文件（例如 std::cout 需要 #include <iostream>），或者名字拼错了。"}},
        {"use of undeclared identifier|was not declared in this scope|unknown type name|does not name a type",
         {"This name is not known here: misspelt, a variable of another block, or a helper that stands further down in "
          "the file.",
          "这里不认识这个名字：可能拼错了，可能是别的花括号里的变量，也可能是写在后面的辅助函数。"}},
    };
    return table;
}

/// Those that may explain a wrong number; what honest code may do as well is not among them.
const std::vector<CompileWarning>& compile_warnings() {
    static const std::vector<CompileWarning> table = {
        {"return-type",
         {"a path through this function ends without a return", "这个函数有一条路径走到末尾也没有 return"}},
        {"uninitialized", {"{} is read before anything was written into it", "{} 还没有赋值就被读取了"}},
        {"maybe-uninitialized", {"{} may be read before anything was written into it", "{} 可能还没有赋值就被读取了"}},
        {"sometimes-uninitialized",
         {"on one path {} is read before anything was written into it", "有一条路径上，{} 还没有赋值就被读取了"}},
        {"parentheses",
         {"= assigns, == compares; or && and || stand together without parentheses",
          "= 是赋值，== 才是比较；或者 && 和 || 混用而没有加括号"}},
        {"logical-op-parentheses",
         {"&& binds tighter than ||: are parentheses missing?", "&& 比 || 结合得更紧：是不是少了括号？"}},
        {"logical-not-parentheses",
         {"! applies to its left side only: parentheses are missing", "! 只作用于左边：少了括号"}},
        {"int-in-bool-context", {"a number stands where a condition is expected", "这里应当是条件，写的却是一个数"}},
        {"tautological-compare", {"this comparison always has the same result", "这个比较的结果永远一样"}},
        {"tautological-overlap-compare", {"this comparison always has the same result", "这个比较的结果永远一样"}},
        {"unused-value", {"the result of this expression is thrown away", "这个表达式的结果没有用上"}},
        {"unused-result", {"the result of this call is thrown away", "这次调用的结果没有用上"}},
        {"unused-comparison",
         {"the result of this comparison is thrown away: = assigns", "这个比较的结果没有用上：赋值要写 ="}},
        {"unused-variable", {"{} is never used", "{} 从未用到"}},
        {"unused-but-set-variable", {"{} is written and never read", "{} 只写不读"}},
        {"for-loop-analysis",
         {"what the loop's condition asks for does not change in the loop", "循环条件里的变量在循环中从不改变"}},
        {"infinite-recursion",
         {"this function calls itself on every path, without end", "这个函数在每条路径上都调用自己，没有尽头"}},
        {"empty-body", {"the semicolon here is the whole body", "这里的分号就是全部的循环体（或分支）"}},
        {"misleading-indentation",
         {"this line looks as if it belonged to the if or loop above; it does not, braces are missing",
          "这一行看上去属于上面的 if 或循环，其实不属于：少了花括号"}},
        {"dangling-else",
         {"this else belongs to the inner if: braces are missing", "这个 else 属于里面的 if：少了花括号"}},
        {"return-stack-address",
         {"what is returned refers to a variable that ends with the function",
          "返回的引用指向函数里的局部变量，函数结束它就没了"}},
        {"return-local-addr",
         {"what is returned refers to a variable that ends with the function",
          "返回的引用指向函数里的局部变量，函数结束它就没了"}},
        {"dangling",
         {"this refers to a temporary that is gone after this line", "这里引用了一个临时对象，过了这一行它就没了"}},
        {"dangling-gsl",
         {"this refers to a temporary that is gone after this line", "这里引用了一个临时对象，过了这一行它就没了"}},
        {"array-bounds", {"this index is outside of the array", "这个下标超出了数组"}},
        {"division-by-zero", {"this divides by zero", "这里除以零"}},
        {"div-by-zero", {"this divides by zero", "这里除以零"}},
        {"literal-conversion",
         {"this number loses its fraction when it becomes a whole one", "这个数变成整数时丢掉了小数部分"}},
        {"absolute-value",
         {"abs for whole numbers cuts off the fraction: write std::abs", "整数的 abs 会丢掉小数部分：请写 std::abs"}},
        {"string-plus-int",
         {"+ moves the beginning of this text; to append a number, write std::to_string",
          "这里的 + 会移动字符串的起点；要接上一个数，请用 std::to_string"}},
        {"unsequenced",
         {"{} is changed and used in one expression, in no defined order",
          "{} 在同一个表达式里既被修改又被使用，先后没有定义"}},
        {"self-assign", {"a variable is assigned to itself", "变量赋值给了它自己"}},
        {"self-assign-overloaded", {"a variable is assigned to itself", "变量赋值给了它自己"}},
    };
    return table;
}

// By a piece of the assertion; the first that occurs decides, so the more telling ones come first.
const std::vector<EigenAssertion>& eigen_assertions() {
    static const std::vector<EigenAssertion> table = {
        {"invalid matrix product",
         {"matrix product a * b needs as many columns in a as rows in b", "矩阵乘积 a * b 要求 a 的列数等于 b 的行数"}},
        {"dot: size() == other.size()", {"dot product of vectors of different length", "长度不同的向量做点积"}},
        {"aLhs.rows() == aRhs.rows()",
         {"element-wise operation (+, -, a product or quotient of arrays, rowwise() + v) on two shapes that differ",
          "对两个形状不同的矩阵做逐元素运算（+、-、数组的乘除、rowwise() + v）"}},
        {"m_condition.rows()",
         {"mask.select(a, b) needs a, b and the mask to have one shape", "mask.select(a, b) 要求 a、b 和掩码形状相同"}},
        {"DenseBase::resize()",
         {"assignment to a row, column or block from something of another shape",
          "给一行、一列或一个块赋值，但右边的形状与它不同"}},
        {"dst.rows() ==",
         {"+=, -=, *=, /= or = between two shapes that differ", "形状不同的两边做 +=、-=、*=、/= 或 ="}},
        {"swap: rows()", {"swap of two shapes that differ", "交换两个形状不同的矩阵"}},
        {"rows() == other.rows() && cols()",
         {"assignment between two shapes that differ", "在两个形状不同的矩阵之间赋值"}},
        {"rows==this->rows()", {"assignment between two shapes that differ", "在两个形状不同的矩阵之间赋值"}},
        {"other.rows() == 1 || other.cols() == 1",
         {"a RowVector is one row, but a whole matrix is assigned to it", "RowVector 只有一行，却用整个矩阵给它赋值"}},
        {"Invalid sizes when resizing",
         {"a matrix cannot take this shape: no size is negative, and a RowVector has one row (a column needs "
          ".transpose())",
          "矩阵不能取这个形状：大小不能为负，RowVector 只有一行（列向量要先 .transpose()）"}},
        {"&& size>=0", {"a vector of negative size", "向量的大小为负"}},
        {"CwiseNullaryOp: rows >= 0",
         {"Zero, Ones, Constant or LinSpaced with a size that cannot be",
          "Zero、Ones、Constant 或 LinSpaced 的大小不合法"}},
        {"Block: (i>=0)", {"row(i) or col(i) with an index out of range", "row(i) 或 col(i) 的下标越界"}},
        {"startRow",
         {"block, segment, head, topRows or the like reaches beyond the matrix",
          "block、segment、head、topRows 之类超出了矩阵范围"}},
        {"row >= 0", {"m(row, column) with an index out of range", "m(i, j) 的下标越界"}},
        {"index >= 0", {"v(i) with an index out of range", "v(i) 的下标越界"}},
        {"a_index", {"diagonal(i) outside the matrix", "diagonal(i) 超出了矩阵范围"}},
        {"reshapeRows * reshapeCols",
         {"reshaped(rows, columns) must keep the number of elements", "reshaped(行, 列) 不能改变元素的个数"}},
        {"you are using an empty matrix",
         {"maximum, minimum or mean of an empty matrix", "对空矩阵求最大值、最小值或平均值"}},
        {"this->rows() == 1 && this->cols() == 1",
         {"a single number is wanted, but the expression is not 1 x 1", "这里要一个数，但表达式不是 1 x 1"}},
        {"Too few coefficients", {"too few values after <<", "<< 后面的数太少"}},
        {"Too many", {"too many values or rows after <<", "<< 后面的数或行太多"}},
        {"comma-initialize", {"<< into a matrix that is too small for what comes first", "<< 左边的矩阵放不下第一项"}},
        {"m_currentBlockRows==",
         {"blocks side by side after << must have the same number of rows", "<< 后面并排的块行数必须相同"}},
        {"list_size ==", {"rows of different length between the braces", "花括号里各行的长度不同"}},
        {"list.size() ==", {"rows of different length between the braces", "花括号里各行的长度不同"}},
        {"aliasing",
         {"a matrix is read and written at once; use .eval() or a second matrix",
          "同时读写同一个矩阵；请用 .eval() 或另一个矩阵"}},
        {"transposeInPlace() called",
         {"transposeInPlace() of a part that is not square", "对非方形的部分做 transposeInPlace()"}},
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

const std::vector<SanitizerMeaning>& sanitizer_meanings() {
    static const std::vector<SanitizerMeaning> table = {
        {SanitizerTool::address,
         "heap-buffer-overflow",
         {"Check the index and the size: the matrix or array is shorter than the code believes.",
          "检查下标和长度：矩阵或数组并没有代码以为的那么长。"}},
        {SanitizerTool::address,
         "stack-buffer-",
         {"Check the index: an array of n has the indices 0 to n - 1, and this local variable ends before.",
          "检查下标：长度为 n 的数组，下标是 0 到 n - 1；这个局部变量没有代码以为的那么大。"}},
        {SanitizerTool::address,
         "global-buffer-overflow",
         {"Check the index: an array of n has the indices 0 to n - 1, and this static array ends before.",
          "检查下标：长度为 n 的数组，下标是 0 到 n - 1；这个静态数组没有代码以为的那么长。"}},
        {SanitizerTool::address,
         "heap-use-after-free",
         {"Do not use auto for Eigen expressions: write Matrix y = ...; and keep no reference, pointer, .row() or\n"
          ".block() of a matrix or vector that goes or is resized: its memory was given back already.",
          "不要用 auto 保存 Eigen 表达式：写 Matrix y = ...; 也不要留着引用、指针、.row() 或 .block()，\n"
          "而它所指的矩阵或 vector 已经不在，或者改变了大小：那块内存已经归还了。"}},
        {SanitizerTool::address,
         "stack-use-after-scope",
         {"Do not use auto: write Matrix y = f(x) * w; or end it with .eval(). auto keeps no value but an expression\n"
          "that refers to the temporary f(x), and that has gone. So has a variable whose block has ended.",
          "不要用 auto：写 Matrix y = f(x) * w; 或在末尾加 .eval()。auto 保存的不是值，而是引用着临时对象 f(x)\n"
          "的表达式，而那个临时对象已经不在了。离开了花括号的变量也是如此。"}},
        {SanitizerTool::address,
         "stack-use-after-return",
         {"Let the function return a Matrix. It returned a reference, pointer or Eigen expression (auto,\n"
          "x.transpose()) to a variable of its own, which ends with it.",
          "让函数返回 Matrix。它返回的引用、指针或 Eigen 表达式（如 auto、x.transpose()）指向自己的局部变量，\n"
          "函数结束后变量就没有了。"}},
        {SanitizerTool::address,
         "double-free",
         {"Let a std::vector or Matrix own the memory; then nothing needs deleting. This was deleted twice.",
          "让 std::vector 或 Matrix 管理内存，就不必自己释放。这块内存释放了两次。"}},
        {SanitizerTool::address,
         "bad-free",
         {"delete or free got an address that new or malloc never gave out.",
          "delete 或 free 得到的地址不是 new 或 malloc 分配的。"}},
        {SanitizerTool::address,
         "alloc-dealloc-mismatch",
         {"What new[] made needs delete[], what new made needs delete, malloc needs free; a std::vector needs nothing.",
          "new[] 要配 delete[]，new 要配 delete，malloc 要配 free；用 std::vector 就都不需要。"}},
        {SanitizerTool::address,
         "stack-overflow",
         {"The stack is used up: a function that calls itself without end?",
          "栈空间用尽了：是不是有函数无休止地调用自己？"}},
        {SanitizerTool::address,
         "SEGV",
         {"This address is no memory of the program: a pointer that was never set, or an index far out of range?",
          "这个地址不属于程序的内存：是指针没有赋值，还是下标远远越界？"}},
        {SanitizerTool::address,
         "out-of-memory",
         {"More memory than there is: a negative size, or a loop that allocates without end?",
          "申请的内存太多：是长度为负，还是在循环里不停地分配？"}},
        {SanitizerTool::address,
         "allocation-size-too-big",
         {"More memory than any machine has: is the size negative, or was it never set?",
          "申请的内存超过了任何机器所有：长度是不是负数，或者没有赋值？"}},
        {SanitizerTool::undefined,
         "integer overflow",
         {"Take Index for sizes and positions: an int ends at 2147483647, and the result does not fit.",
          "大小和位置请用 Index：int 最大是 2147483647，结果超出了范围。"}},
        {SanitizerTool::undefined,
         "cannot be represented in type",
         {"Take Index for sizes and positions: an int ends at 2147483647, and the result does not fit.",
          "大小和位置请用 Index：int 最大是 2147483647，结果超出了范围。"}},
        {SanitizerTool::undefined,
         "shift",
         {"A shift must be at least 0 and less than the number of bits: 32 for int, 64 for Index.",
          "移位的位数不能为负，并且要小于类型的位数：int 是 32，Index 是 64。"}},
        {SanitizerTool::undefined,
         "null pointer",
         {"A pointer to nothing was used: was it ever set, and is the matrix or vector behind .data() empty?",
          "使用了空指针：它赋过值吗？取 .data() 的矩阵或 vector 是不是空的？"}},
        {SanitizerTool::undefined,
         "misaligned address",
         {"No such value can lie at this address: was a pointer cast to another type?",
          "这种类型的值不可能放在这个地址：是不是把指针强制转换成了别的类型？"}},
        {SanitizerTool::undefined,
         "without returning a value",
         {"Give every branch a return: a way through this function ends without one.",
          "让每个分支都 return：这个函数有一条路径走到了结尾却没有 return。"}},
        {SanitizerTool::undefined,
         "unreachable",
         {"The code came to a place that it promised never to reach.", "代码走到了它声明绝不会到达的地方。"}},
        {SanitizerTool::undefined,
         "out of bounds for type",
         {"An array of n has the indices 0 to n - 1.", "长度为 n 的数组，下标是 0 到 n - 1。"}},
        {SanitizerTool::undefined,
         "not a valid value for type",
         {"Write bool found = false; this bool or enum was never set and holds a number that is none of its values.",
          "请写 bool found = false; 这个 bool 或 enum 没有赋过值，里面的数不是它的任何一个值。"}},
        {SanitizerTool::undefined,
         "division by zero",
         {"Whole numbers cannot be divided by zero: is a size 0 here?", "整数不能除以零：这里是不是有一个大小为 0？"}},
        {SanitizerTool::undefined,
         "outside the range of representable values",
         {"The number (or NaN) does not fit the whole-number type it is converted to.",
          "这个数（或 NaN）放不进要转换成的整数类型。"}},
        {SanitizerTool::library,
         "< this->size()",
         {"An index must be below size(): a container of n has the indices 0 to n - 1.",
          "下标必须小于 size()：有 n 个元素的容器，下标是 0 到 n - 1。"}},
        {SanitizerTool::library,
         "empty()",
         {"front(), back() or pop_back() of an empty container.", "对空容器调用了 front()、back() 或 pop_back()。"}},
        {SanitizerTool::library,
         "",
         {"The standard library asks for this before the call.", "这是标准库在调用之前要求成立的条件。"}},
    };
    return table;
}

}  // namespace qkv::grader
