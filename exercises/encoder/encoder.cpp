// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// encoder.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade encoder
#include "encoder.hpp"

namespace encoder {

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    // Mean and variance of what: of a row, of a column, of the whole matrix? By what is the sum of squares
    // divided, and where does epsilon stand? Check the two widths first.
    qkv::todo();
}

Matrix activate(const Matrix& input, Activation activation) {
    // One formula for each activation, for one number. The exact GELU needs one function of <cmath>.
    qkv::todo();
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    // Which shape lies between the two linear maps? Throw std::invalid_argument("...") if something does not fit.
    // The functions of multi_head_attention.hpp may be called.
    qkv::todo();
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    // Two sublayers, two residual sums, two norms. What exactly is normalised, and what is added, in each order?
    qkv::todo();
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    // What does the second layer see? And what comes out when there is no layer at all?
    qkv::todo();
}

}  // namespace encoder
