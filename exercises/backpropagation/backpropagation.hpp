// Backpropagation through attention: how a change of the loss comes back through each layer of a Transformer. You
// write these functions in backpropagation.cpp. Everywhere: rows are tokens, columns are features. The loss is one
// number; the gradient of X has the shape of X, and its element (i, j) says by how much the loss grows when X(i, j)
// does. `upstream` is the gradient of what the forward function returns. A shape that does not fit its neighbours is
// answered with std::invalid_argument, also where there are no tokens (0 rows), which is allowed: what is summed over
// no tokens is zero. Left to you: an attention without any key gives zeros, or you refuse the call; an empty mask that
// does not fit (3 x 0 beside 5 keys) is no mask, or refused.
#ifndef QKV_BACKPROPAGATION_HPP
#define QKV_BACKPROPAGATION_HPP

#include "multi_head_attention.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace backpropagation {

using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// Gradients of a linear layer.
struct LinearGradients {
    Matrix input;  ///< (n_tokens x d_in)
    Linear layer;  ///< of its weight (d_in x d_out) and of its bias (d_out)
};

/// Back through a linear layer, output_i = input_i * W + b.
///
///   gradient of input  = upstream * W^T
///   gradient of W      = input^T * upstream
///   gradient of b      = sum over i of upstream_i
///
/// input     (n_tokens x d_in), as the layer read it
/// layer     W (d_in x d_out) and b (d_out)
/// upstream  (n_tokens x d_out)
/// throws    std::invalid_argument on shapes that do not fit, that of b included
///                                                           Goodfellow et al. 2016, section 6.5.6
LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream);

/// Back through an embedding, output_i = table_(ids[i]).
///
///   gradient of table_v = sum over all i with ids[i] = v of upstream_i
///
/// ids           any number of them, each from 0 to n_vocabulary - 1; an id that comes several times adds up
/// n_vocabulary  rows of the table, 0 or more
/// upstream      (number of ids x d_model), d_model at least 1
/// returns       (n_vocabulary x d_model); rows of ids that do not occur are zero
/// throws        std::invalid_argument if there is not one row of upstream for each id, or if an id has no row in the
///               table
Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream);

/// Back through the softmax of each row, weights_i = softmax(scores_i).
///
///   gradient of scores(i, j) = weights(i, j) * (upstream(i, j) - sum over k of weights(i, k) * upstream(i, k))
///
/// weights   (n_queries x n_keys), what the softmax returned: no scores are needed; a row may be all zeros
/// upstream  (n_queries x n_keys), the gradient of weights
/// returns   (n_queries x n_keys), each row sums to 0; no shape is too empty
/// throws    std::invalid_argument if the two differ in shape
///                                                           Bridle 1990
Matrix softmax_backward(const Matrix& weights, const Matrix& upstream);

/// What a wrong answer costs, and how the loss depends on the logits.
struct CrossEntropy {
    Scalar loss;      ///< the mean over the tokens
    Matrix gradient;  ///< of the logits (n_tokens x n_classes)
};

/// Cross-entropy with label smoothing, the mean over the tokens, and its gradient.
///
///   p_i            = softmax(logits_i)
///   due(i, c)      = smoothing / n_classes + (1 - smoothing if c = targets[i], else 0)
///   loss           = -sum over i and c of due(i, c) * log(p(i, c)) / n_tokens
///   gradient(i, c) = (p(i, c) - due(i, c)) / n_tokens
///
/// logits     (n_tokens x n_classes), finite, and so are their differences; at least one token. Loss and gradient are
///            finite however far the logits lie apart
/// targets    one for each token, from 0 to n_classes - 1
/// smoothing  from 0 to 1; 0 is the plain cross-entropy
/// throws     std::invalid_argument if there is no token, if there is not one target for each token, if a target is no
///            class, or if smoothing is not from 0 to 1
///                                                           Szegedy et al. 2016, section 7
CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing);

/// Gradients of a layer normalisation.
struct LayerNormGradients {
    Matrix input;    ///< (n_tokens x d_model)
    RowVector gain;  ///< (d_model)
    RowVector bias;  ///< (d_model)
};

/// Back through layer normalisation, output(i, j) = gain(j) * normal(i, j) + bias(j).
///
///   deviation(i)           = sqrt(variance(i) + epsilon), variance(i) as in the forward: divided by d_model
///   normal(i, j)           = (input(i, j) - mean(i)) / deviation(i)
///   g(i, j)                = upstream(i, j) * gain(j)
///   gradient of input(i,j) = (g(i, j) - mean over k of g(i, k)
///                             - normal(i, j) * mean over k of g(i, k) * normal(i, k)) / deviation(i)
///   gradient of gain(j)    = sum over i of upstream(i, j) * normal(i, j)
///   gradient of bias(j)    = sum over i of upstream(i, j)
///
/// The bias itself is not needed.
///
/// input     (n_tokens x d_model), as the layer read it, d_model at least 1; numbers of any size whose squares, summed
///           up, are still finite
/// gain      (d_model)
/// epsilon   greater than 0
/// upstream  (n_tokens x d_model)
/// throws    std::invalid_argument if gain is not as wide as input, or upstream has another shape
///                                                           Ba et al. 2016, section 3
LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream);

/// Gradients of an attention.
struct AttentionGradients {
    Matrix query;  ///< (n_queries x d_k)
    Matrix key;    ///< (n_keys x d_k)
    Matrix value;  ///< (n_keys x d_v)
};

/// Back through scaled dot-product attention, output = weights * value, weights = softmax(query * key^T / sqrt(d_k)).
///
///   gradient of value    = weights^T * upstream
///   gradient of weights  = upstream * value^T
///   S                    = softmax_backward(weights, gradient of weights)
///   gradient of query    = S * key / sqrt(d_k)
///   gradient of key      = S^T * query / sqrt(d_k)
///
/// The weights are computed anew. A hidden key has weight 0 and gets no gradient, nor does its value; a query that may
/// attend to nothing gives and gets none. Scores may have any size.
///
/// query     (n_queries x d_k), d_k at least 1
/// key       (n_keys x d_k)
/// value     (n_keys x d_v)
/// mask      (n_queries x n_keys), true = may attend, or 0 x 0 for no mask
/// upstream  (n_queries x d_v)
/// throws    std::invalid_argument on shapes that do not fit
///                                                           Vaswani et al. 2017, eq. 1; Dao et al. 2022, appendix B
AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream);

/// Gradients of multi-head attention.
struct MultiHeadGradients {
    Matrix tokens;             ///< (n_queries x d_model)
    Matrix memory;             ///< (n_keys x d_memory), what comes through the keys plus what comes through the values
    MultiHeadWeights weights;  ///< of the four linear layers; n_heads is that of the call
};

/// Back through multi-head attention of one sequence to another, as multi_head_attention computes it:
///
///   query = linear(tokens), key = linear(memory), value = linear(memory), each with its own layer
///   output = linear(Concat(head_0, ..., head_(n_heads - 1))), head_h = attention of block h of query, key, value
///
/// What is needed of the forward is computed anew. In self-attention, where memory = tokens, the gradient of the
/// sequence is the sum of both: tokens + memory.
///
/// tokens    (n_queries x d_model)
/// memory    (n_keys x d_memory); d_memory may differ from d_model
/// weights   as in multi_head_attention.hpp
/// mask      (n_queries x n_keys), true = may attend, the same for all heads; or 0 x 0 for no mask
/// upstream  (n_queries x d_model)
/// throws    std::invalid_argument if n_heads is less than 1 or does not divide d_model, or on shapes that do not fit
///                                                           Vaswani et al. 2017, section 3.2.2
MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream);

}  // namespace backpropagation

#endif
