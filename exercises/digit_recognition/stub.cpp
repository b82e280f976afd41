// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// digit_recognition.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade digit_recognition
#include "digit_recognition.hpp"

namespace digit_recognition {

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    // What did the network get to see while it was trained? In which order do a file's pixels come?
    qkv::todo();
}

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    // encoder_layer keeps its attention to itself. Of which functions is it made, and which of them tells its weights?
    qkv::todo();
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    // Which function answers for one image? How wide is the result when there are no images?
    qkv::todo();
}

std::vector<Index> most_probable(const Matrix& logits) {
    // Is a softmax needed to know who is first? Who is it if two are?
    qkv::todo();
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    // What is a whole number divided by a whole number in C++?
    qkv::todo();
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    // Which of the two labels is the row? What may not be used as an index before somebody has looked at it?
    qkv::todo();
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    // What passes a layer without any attention? Which layer stands on which side of a product?
    qkv::todo();
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    // Which row? Which of its columns is no patch? What if there is nothing to divide by?
    qkv::todo();
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    // Whose probability is asked for when the network, with a patch hidden, would say something else?
    qkv::todo();
}

Patch most_important(const Matrix& drops) {
    // May the probability rise when a patch is hidden?
    qkv::todo();
}

}  // namespace digit_recognition
