// What a compiler's words mean, for the errors that one meets when writing graded functions.
#include <fmt/format.h>

#include <regex>
#include <vector>

#include "explain/compiler_words.hpp"

namespace qkv::grader {

namespace {

/// {} is the exercise.
struct Meaning {
    const char* pattern;
    Text text;
};

/// About the file and the functions that the exercise declares.
const std::vector<Meaning> about_files = {
    {"differ only in their return type|ambiguating new declaration",
     {"The return type of this function differs from its declaration in {}.hpp. Change it back; the tests need it "
      "as declared.",
      "这个函数的返回类型与 {}.hpp 中的声明不同。请改回去，测试依赖这个声明。"}},
    {"undefined symbol|undefined reference",
     {"This function is declared and called, but its body is in no file. Write it, or remove the call.",
      "这个函数有声明、也被调用，但没有函数体。请补上它，或者去掉调用。"}},
    {"this is not a regular file|可以读取的普通文件",
     {"Is it a folder, a link, or without permission to read? Put a plain file there.",
      "它是文件夹、链接，还是没有读取权限？请换成普通文件。"}},
    {"the file is larger than the limit|文件大于 .* KB 的上限",
     {"A solution takes a few KB. Did data get into this file?", "解答只需几 KB，是不是有数据混进了这个文件？"}},
    {"file not found|No such file or directory",
     {"Only the standard library, Eigen and {}.hpp can be included here: this one file is all that is graded.",
      "这里只能包含标准库、Eigen 和 {}.hpp：评分时只看这一个文件。"}},
    {"not valid UTF-8|byte order mark detected|UTF-16|stray .\\\\3[57]7",
     {"The file is not plain UTF-8 text. Let your editor save it with the encoding UTF-8.",
      "这个文件不是 UTF-8 编码的文本。请在编辑器中改用 UTF-8 编码存盘。"}},
    {"character <U\\+(FF|30|20)|stray .\\\\(343\\\\200|357\\\\27[45]|342\\\\200)",
     {"This is a full-width or typographic sign. Type it anew as a plain one: ; , ( ) \" -",
      "这是全角（中文）标点。代码里的标点要用英文输入法输入。"}},
};

/// About C++ itself.
const std::vector<Meaning> about_cpp = {
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

/// About Eigen; the first entries are the most special ones.
const std::vector<Meaning> about_eigen = {
    {"MatrixExponentialReturnValue|MatrixSquareRootReturnValue|MatrixLogarithmReturnValue|MatrixFunctionReturnValue",
     {"On a Matrix this is the function of linear algebra (the matrix exponential, say). For every element by itself "
      "write x.array().exp().",
      "对 Matrix 来说，这是线性代数里的函数（例如矩阵指数）。要对每个元素分别计算，请写 x.array().exp()。"}},
    {"no matching function for call to .{1,3}(exp|log|sqrt|tanh|sin|cos|abs|pow|erf)[^a-z_]",
     {"The functions of std take one number, not a matrix. For every element write x.array().exp(), "
      "x.array().sqrt() and so on.",
      "std 的数学函数一次只算一个数，不能传入矩阵。要逐元素计算，请写 x.array().exp()、x.array().sqrt() 等。"}},
    {"no matching function for call to .{1,3}(max|min)[^a-z_]|stl_algobase",
     {"std::max and std::min take two numbers of one type: std::max(a, Scalar(0)). For the elements of matrices "
      "write x.cwiseMax(y).",
      "std::max 和 std::min 只比较两个类型相同的数，例如 std::max(a, Scalar(0))。矩阵逐元素比较请写 x.cwiseMax(y)。"}},
    {"THE_BRACKET_OPERATOR_IS_ONLY_FOR_VECTORS|subscripted value is not an array|invalid types .* for array subscript",
     {"Square brackets are for vectors only. An element is x(i, j), a row is x.row(i).",
      "方括号只能用于向量。取一个元素写 x(i, j)，取一行写 x.row(i)。"}},
    {"YOU_PASSED_A_COLUMN_VECTOR_BUT_A_ROW_VECTOR_WAS_EXPECTED",
     {"x.rowwise() + b takes a row b, one number for each column of x. A column with one number for each row goes with "
      "x.colwise() + c.",
      "x.rowwise() + b 中的 b 必须是行向量，x 的每一列对应一个数。每一行对应一个数的列向量要写 x.colwise() + c。"}},
    {"YOU_PASSED_A_ROW_VECTOR_BUT_A_COLUMN_VECTOR_WAS_EXPECTED",
     {"x.colwise() + c takes a column c, one number for each row of x. A row with one number for each column goes with "
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
     {"A number is wanted here, and this is a matrix, be it only 1 x 1. The dot product of two rows is a.dot(b), a sum "
      "x.sum(), an element x(i, j).",
      "这里需要一个数，而表达式是矩阵（哪怕只有 1 x 1）。两行的点积写 a.dot(b)，求和写 x.sum()，取元素写 x(i, j)。"}},
    {"(no viable conversion|conversion) from .{1,3}(const "
     ")?(int|long|double|Eigen::Index|Index|qkv::Scalar|Scalar)[^a-z<].* to "
     ".*(Matrix|RowVector)",
     {"A number does not become a matrix by itself: write Matrix::Constant(rows, cols, x), or Matrix t(rows, cols) "
      "for the shape alone.",
      "一个数不会自动变成矩阵：请写 Matrix::Constant(rows, cols, x)；只要形状则写 Matrix t(rows, cols)。"}},
    {"incompatible operand types|operands to .* have different types",
     {"The two branches of ?: are two kinds of Eigen expressions. Make both a Matrix, a ? Matrix(x) : Matrix(y), or "
      "write an if.",
      "?: 的两个分支是不同类型的 Eigen 表达式。请都写成矩阵：a ? Matrix(x) : Matrix(y)，或者改用 if。"}},
    {"reference to non-static member function must be called|cannot resolve overloaded function|\\(\\) const",
     {"A function is called with parentheses, also without arguments: x.rows(), x.maxCoeff().",
      "调用函数要写括号，没有参数时也要写：x.rows()、x.maxCoeff()。"}},
    {"no member named .* in .{1,3}Eigen|(Eigen|qkv::|RowVector).* has no member named",
     {"Eigen has no member of this name. PyTorch's x.T and x.shape are x.transpose() and x.rows(), x.cols(); more in "
      "docs/pytorch-to-eigen.md.",
      "Eigen 没有叫这个名字的成员。PyTorch 的 x.T、x.shape 在这里是 x.transpose() 和 x.rows()、x.cols()；"
      "详见 docs/pytorch-to-eigen.zh.md。"}},
    {"too many arguments to function call, expected 0|no matching function for call to .*Eigen.*\\((int|long int)\\)",
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
     {"What stands on the right cannot become what stands on the left. If the left is part of a const Matrix&, copy "
      "that "
      "first: Matrix t = x;.",
      "右边的表达式不能赋给左边。如果左边属于 const Matrix&，请先复制一份：Matrix t = x;。"}},
    {"(invalid operands to binary expression|no match for "
     ".{1,3}operator).*(ArrayWrapper|ArrayBase|Eigen::Array|qkv::Mask)",
     {"An array and a matrix do not mix in one operation: x.array() * w.array() works element by element, x * w is the "
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
};

}  // namespace

Text explain_error(const std::string& diagnostics, const std::string& exercise_id) {
    const std::string error = first_error(diagnostics);
    for (const auto* meanings : {&about_files, &about_eigen, &about_cpp}) {
        for (const Meaning& meaning : *meanings) {
            if (!std::regex_search(error, std::regex(meaning.pattern))) continue;
            const auto told = [&](const std::string& text) { return fmt::format(fmt::runtime(text), exercise_id); };
            return {told(meaning.text.en), told(meaning.text.zh)};
        }
    }
    return {};
}

}  // namespace qkv::grader
