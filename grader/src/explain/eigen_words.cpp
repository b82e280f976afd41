#include "explain/eigen_words.hpp"

#include <vector>

namespace qkv::grader {

// By a piece of the assertion; the first that occurs decides, so the more telling ones come first.
std::optional<Text> eigen_words(const std::string& assertion) {
    struct Known {
        const char* piece;
        Text words;
    };
    static const std::vector<Known> known = {
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
    for (const Known& entry : known) {
        if (assertion.find(entry.piece) != std::string::npos) return entry.words;
    }
    return std::nullopt;
}

}  // namespace qkv::grader
