// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in decoding.hpp, what
// they are for in README.md (README.zh.md). Grade with: ./grade decoding
#include "decoding.hpp"

namespace decoding {

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    // At which position of the whole sequence does new token 0 stand, and which keys may it see? Does attention have a
    // mask for fewer queries than keys?
    qkv::todo();
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    // Which way does a division move a negative number? What if a token was said three times?
    qkv::todo();
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    // Which function of the exercise attention does most of it? What is left of it at temperature 0?
    qkv::todo();
}

RowVector top_k(const RowVector& distribution, Index k) {
    // In which order do the tokens stand, and what keeps two that are equal in the order of their ids?
    qkv::todo();
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    // When you look at the next token: which sum decides whether it is taken, the one with it or the one without?
    qkv::todo();
}

int sample(const RowVector& distribution, Scalar uniform) {
    // How far from 0 have you come after each token? What if the last one is reached and the sum is 0.9999999999999999?
    qkv::todo();
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    // Which of the four work on logits, which on distributions?
    qkv::todo();
}

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    // Which row of which table is asked in step t? When is it over, and what of `said` is returned?
    qkv::todo();
}

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    // What do you have to know of a beginning to continue it? By what is the beam sorted, by what the result, and who
    // takes a place in which?
    qkv::todo();
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    // Whom does the draft name too often, and how much too often?
    qkv::todo();
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    // Which tokens does the draft name too rarely? What is there to divide by if there are none?
    qkv::todo();
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    // What has to be known, and checked, before the first token is looked at? Which row of target belongs to the token
    // after all drafted ones?
    qkv::todo();
}

}  // namespace decoding
