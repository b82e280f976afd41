// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// training.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade training
#include "training.hpp"

#include "attention.hpp"

namespace training {

Scalar global_norm(const std::vector<Matrix>& gradients) {
    // One number for all matrices together. Where does the root stand, inside or outside the sum over the matrices?
    qkv::todo();
}

std::vector<Matrix> clip_gradients(const std::vector<Matrix>& gradients, Scalar max_norm) {
    // Which gradients must come out as they went in? What may never happen to the factor?
    qkv::todo();
}

AdamState adam_start(const std::vector<Matrix>& parameters) {
    // What has been seen before the first step?
    qkv::todo();
}

AdamStep adam_step(const std::vector<Matrix>& parameters, const std::vector<Matrix>& gradients, const AdamState& state,
                   Scalar rate, const AdamSettings& settings) {
    // Which number does this step have, the first being 1? What of all this goes into the state, and what does not?
    qkv::todo();
}

Scalar noam_rate(Index step, Index d_model, Index warmup) {
    // An Index divided by an Index is an Index. Which numbers have to become Scalar first?
    qkv::todo();
}

Matrix dropout(const Matrix& input, const Mask& kept, Scalar rate) {
    // What do the kept ones have to make up for?
    qkv::todo();
}

Matrix dropout_backward(const Matrix& upstream, const Mask& kept, Scalar rate) {
    // By what was each number multiplied on the way forward?
    qkv::todo();
}

FeedForwardGradients feed_forward_backward(const Matrix& input, const FeedForwardWeights& weights,
                                           const Matrix& upstream) {
    // Three stations on the way there. Which is the first on the way back, and what does each need to have kept?
    qkv::todo();
}

EncoderLayerGradients encoder_layer_backward(const Matrix& tokens, const EncoderLayerWeights& weights,
                                             const Matrix& upstream) {
    // Draw the layer, then turn every arrow round. What happens where one arrow had become two?
    qkv::todo();
}

DecoderLayerGradients decoder_layer_backward(const Matrix& tokens, const Matrix& memory,
                                             const DecoderLayerWeights& weights, const Matrix& upstream) {
    // As the encoder layer, with one sublayer more. Who reads the memory, and who must not see the future?
    qkv::todo();
}

Matrix logits(const Model& model, const Sentence& sentence, Scalar drop_rate) {
    // What has the decoder read when it says the first token? The functions of transformer.hpp may be called.
    qkv::todo();
}

LossAndGradient loss_and_gradient(const Model& model, const std::vector<Sentence>& batch, Scalar smoothing,
                                  Scalar drop_rate) {
    // One sentence there and back first. By how much does a sentence of 3 tokens count beside one of 5?
    qkv::todo();
}

TrainingStep training_step(const Model& model, const AdamState& state, const std::vector<Sentence>& batch,
                           const TrainingSettings& settings) {
    // You have all parts. In which order? Which number has the step, and which loss is told?
    qkv::todo();
}

}  // namespace training
