// Attention that never stores its matrix of scores (Dao et al. 2022): keys and values come in tiles, and what was seen
// so far is carried along. You write these functions in flash_attention.cpp. Everywhere: rows are tokens, columns are
// features. Chunks and tiles hold at least one key each, d_k and d_v are at least 1; there may be no queries (0 rows).
// What does not fit is answered with std::invalid_argument. No finite score is too large or too small.
#ifndef QKV_FLASH_ATTENTION_HPP
#define QKV_FLASH_ATTENTION_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace flash_attention {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// All that a softmax has to remember of the scores it has seen.
struct Partial {
    Scalar maximum;  ///< the largest score; -infinity if nothing was seen
    Scalar sum;      ///< the sum of exp(score - maximum); 0 if nothing was seen
};

/// What there is to remember of some scores.
///
///   maximum = max over j of scores(j)
///   sum     = sum over j of exp(scores(j) - maximum)
///
/// scores   (n), each finite or -infinity, any number of them. A score of -infinity counts as never seen: without any
///          other the result is {-infinity, 0}, as for no scores at all.
///                                                           Milakov and Gimelshein 2018, algorithm 3
Partial summarize(const RowVector& scores);

/// What there is to remember of the scores of both. It is associative and commutative, and {-infinity, 0} changes
/// nothing, so scores may be summarized in any pieces and merged in any order.
///
///   maximum = max(left.maximum, right.maximum)
///   sum     = left.sum * exp(left.maximum - maximum) + right.sum * exp(right.maximum - maximum)
///
/// Two that have seen nothing give {-infinity, 0}.           Milakov and Gimelshein 2018, equation 4
Partial merge(const Partial& left, const Partial& right);

/// The softmax of a row that is read in chunks: once to summarize them, once to write the weights.
///
///   weights(j) = exp(scores(j) - maximum) / sum, of all chunks merged
///
/// scores   (n), each finite or -infinity, any number of them
/// chunk    scores a chunk, the last may be shorter; the result does not depend on it
/// returns  (n), zeros if all scores are -infinity
/// throws   std::invalid_argument if chunk < 1
RowVector online_softmax(const RowVector& scores, Index chunk);

/// What some queries have seen so far: a Partial each, and the output before it is divided by the sum.
/// A query that has seen nothing has maximum -infinity, sum 0 and an output of zeros.
struct Running {
    RowVector maximum;  ///< (n_queries)
    RowVector sum;      ///< (n_queries)
    Matrix output;      ///< (n_queries x d_v), not normalised
};

/// One more tile of keys and values.
///
///   scores(i, j) = query_i . key_j / sqrt(d_k), -infinity where not visible
///   maximum(i)   = max(running.maximum(i), max over j of scores(i, j))
///   factor(i)    = exp(running.maximum(i) - maximum(i))
///   sum(i)       = running.sum(i) * factor(i) + sum over j of exp(scores(i, j) - maximum(i))
///   output(i)    = running.output(i) * factor(i) + sum over j of exp(scores(i, j) - maximum(i)) * value_j
///
/// running  of n_queries queries with outputs of d_v features
/// query    (n_queries x d_k)
/// key      (n_keys x d_k), the tile's keys
/// value    (n_keys x d_v)
/// visible  (n_queries x n_keys), true = may attend, or 0 x 0 for all; any other empty mask may be refused or taken
///          for 0 x 0. For a query that sees nothing of the tile, nothing changes, also if it had seen nothing before.
/// throws   std::invalid_argument if any two of these do not fit
///                                                           Dao et al. 2022, algorithm 1, lines 9 to 13
Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible);

/// What attention returns without its weights.
struct Forward {
    Matrix output;          ///< (n_queries x d_v)
    RowVector log_sum_exp;  ///< (n_queries), log of the sum over j of exp(scores(i, j)): all that backward needs
};

/// After the last tile.
///
///   output(i)      = running.output(i) / running.sum(i)
///   log_sum_exp(i) = running.maximum(i) + log(running.sum(i))
///
/// A query that has seen nothing gets zeros and -infinity.
/// throws   std::invalid_argument if maximum, sum and output are not of as many queries
///                                                           Dao 2023, section 3.1.1
Forward finish(const Running& running);

/// How a matrix of scores is cut into tiles, and whether the future is hidden.
struct Tiling {
    Index query_block;  ///< rows of a tile; the last ones may have fewer
    Index key_block;    ///< columns of a tile; the last ones may have fewer
    bool causal;        ///< query i stands at position i + n_keys - n_queries and sees no later key
};

/// Queries and keys from begin to before end.
struct Tile {
    Index query_begin, query_end;
    Index key_begin, key_end;
    bool partly_hidden;  ///< at least one of its queries does not see at least one of its keys
};

/// The tiles that have to be computed. Where the future is hidden, tiles in which no query sees any key are left out.
/// Blocks begin at 0. Tiles of the same queries follow each other, in the order of their keys; then come the next
/// queries.
///
/// n_queries  0 or more
/// n_keys     1 or more
/// throws     std::invalid_argument for a block below 1, n_queries below 0, n_keys below 1, and if causal, for more
///            queries than keys
std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling);

/// Attention, tile by tile.
///
///   output      = softmax(query * key^T / sqrt(d_k)) * value, the future hidden if causal
///   log_sum_exp = the logarithm of each softmax's denominator
///
/// Of memory it takes what the arguments take, and a few tiles: never n_queries * n_keys numbers. The exercise's
/// programs run with 6 MB. A tile that is left out is not looked at: nothing in its keys and values matters, be it NaN.
///
/// query    (n_queries x d_k)
/// key      (n_keys x d_k), one row or more
/// value    (n_keys x d_v)
/// throws   std::invalid_argument on shapes that do not fit, and whenever tiles() throws
///                                                           Dao et al. 2022, algorithm 1
Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling);

/// What the softmax's gradient takes off in each row: output_i . output_gradient_i.
///
///   dots(i) = sum over c of output(i, c) * output_gradient(i, c)
///
/// throws   std::invalid_argument if the two differ in shape
///                                                           Dao et al. 2022, appendix B.2
RowVector row_dots(const Matrix& output, const Matrix& output_gradient);

/// How a number depends on the arguments of attention, each of its argument's shape.
struct Gradients {
    Matrix query, key, value;
};

/// Backward: the weights are computed anew, tile by tile, from the log-sum-exp.
///
///   weights(i, j)   = exp(scores(i, j) - log_sum_exp(i)), 0 where not visible
///   value_gradient  = weights^T * output_gradient
///   score_gradient(i, j) = weights(i, j) * (output_gradient_i . value_j - dots(i)),  dots = row_dots(output, ...)
///   query_gradient  = score_gradient * key / sqrt(d_k)
///   key_gradient    = score_gradient^T * query / sqrt(d_k)
///
/// Log-sum-exp and output are used as they are handed in, whatever they are, and not computed anew. Memory and tiles
/// that are left out: as for forward.
///
/// query, key, value  as for forward
/// result             what forward returned: output (n_queries x d_v), log_sum_exp (n_queries)
/// output_gradient    (n_queries x d_v)
/// throws   std::invalid_argument on shapes that do not fit, and whenever tiles() throws
///                                                           Dao et al. 2022, algorithm 4; Dao 2023, algorithm 2
Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling);

}  // namespace flash_attention

#endif
