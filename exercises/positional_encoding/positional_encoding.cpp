// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// positional_encoding.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade positional_encoding
#include "positional_encoding.hpp"

namespace positional_encoding {

RowVector encode_position(Index position, Index d_model) {
    // Which pair does a column belong to, and is it the sine or the cosine of that pair?
    // Refuse a bad argument first: throw std::invalid_argument("...").
    qkv::todo();
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    // You have the encoding of one position. What does a table of them look like?
    qkv::todo();
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    // At which position of the whole sequence does row i stand?
    qkv::todo();
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    // Which rows of the table do you need, and does it have them all?
    qkv::todo();
}

Matrix shift_matrix(Index d_model, Index k) {
    // sin(a + b) and cos(a + b), written with the sines and cosines of a and of b. Which of the four
    // does the encoding of p already hold, and which must the matrix bring?
    qkv::todo();
}

}  // namespace positional_encoding
