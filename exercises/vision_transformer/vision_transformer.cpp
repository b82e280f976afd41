// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// vision_transformer.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade vision_transformer
#include "vision_transformer.hpp"

namespace vision_transformer {

Matrix image_to_patches(const Image& image, Index patch_size) {
    // How many patches lie side by side? Where in the image does patch n begin, and where in its row does channel c?
    // Throw std::invalid_argument("...") first, for everything that cannot be cut.
    qkv::todo();
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    // Which row is the class token's? What is added to it, and what is not?
    qkv::todo();
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    // Which of the tokens answers for the whole image? What must be done to it before the linear layer?
    qkv::todo();
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    // Four equations of the paper, and most of the work is done already. What does encoder.hpp offer?
    qkv::todo();
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    // What is sorted: numbers or labels? By what? What if two are equal? Over how many classes is the softmax?
    qkv::todo();
}

}  // namespace vision_transformer
