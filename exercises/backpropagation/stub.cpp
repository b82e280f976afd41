// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// backpropagation.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade backpropagation
#include "backpropagation.hpp"

#include "attention.hpp"  // yours to call, as multi_head_attention is: attention::masked_attention, ...

namespace backpropagation {

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    // Which products have the shape of the input, and which that of the weight? In how many rows does the bias stand?
    qkv::todo();
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    // Where does the gradient of output row i go? And what if two of them go to the same place?
    qkv::todo();
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    // If one score grows, all weights of its row change. Which one number of each row tells what the others lose?
    qkv::todo();
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    // Which distribution is due for one token? How do you get the logarithm of a probability that is 0 in double?
    qkv::todo();
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    // In which three ways does one number of a row act on the whole row: by itself, by the mean, by the deviation?
    qkv::todo();
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    // Three steps there: scores, weights, output. Which three steps back? Which factor came between?
    qkv::todo();
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    // What did each of the four linear layers read, and what came back for it? Who reads the memory?
    qkv::todo();
}

}  // namespace backpropagation
