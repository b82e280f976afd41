// The Vision Transformer: an image as a sequence of patches, classified by a Transformer encoder.
// You write these functions in vision_transformer.cpp. Everywhere: rows are tokens, columns are features. A shape
// that does not fit its neighbours is answered with std::invalid_argument.
#ifndef QKV_VISION_TRANSFORMER_HPP
#define QKV_VISION_TRANSFORMER_HPP

#include <vector>

#include "encoder.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace vision_transformer {

using encoder::EncoderLayerWeights;
using encoder::LayerNormWeights;
using multi_head_attention::Linear;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// An image (n_channels x height x width): one matrix (height x width) for each channel. The pixel in row y, from
/// the top, and column x, from the left, has the value image[c](y, x) in channel c.
using Image = std::vector<Matrix>;

/// Cuts an image into square patches, each of them flattened into one row.
///
///   patches(r * (width / P) + k,  (c * P + y) * P + x) = image[c](r * P + y, k * P + x),    P = patch_size
///
/// So patches come as one reads: from left to right, then down. In a patch, channel after channel, and each channel
/// as one reads, too. This is the order of the weights of a convolution with stride P.
///
/// image    (n_channels x height x width), at least one channel; an image without pixels may be refused
/// returns  (n_patches x (n_channels * P * P)), n_patches = (height / P) * (width / P)
/// throws   std::invalid_argument if there is no channel, the channels differ in shape, patch_size is less than 1,
///          or it does not divide both height and width      Dosovitskiy et al. 2021, section 3.1
Matrix image_to_patches(const Image& image, Index patch_size);

/// Weights that turn patches into tokens.
struct PatchEmbeddingWeights {
    Linear projection;      ///< E (d_patch x d_model) and its bias (d_model); d_patch = n_channels * P * P
    RowVector class_token;  ///< x_class (d_model)
    Matrix positions;       ///< E_pos ((1 + n_patches) x d_model); row 0 belongs to the class token
};

/// The tokens that the encoder reads: the class token first, then the projected patches in their order, and a
/// learned position added to each of them.
///
///   tokens = [class_token; patches * E + bias] + E_pos
///
/// patches  (n_patches x d_patch), at least one; none may be refused
/// returns  ((1 + n_patches) x d_model)
/// throws   std::invalid_argument on shapes that do not fit, also if there are too many positions
///                                                            Dosovitskiy et al. 2021, equation 1
Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights);

/// Weights of what stands behind the encoder.
struct ClassHeadWeights {
    LayerNormWeights norm;  ///< the final norm (d_model)
    Linear projection;      ///< (d_model x n_classes) and bias (n_classes)
};

/// The logits of an image, read off the class token alone: the final norm, then a linear layer.
///
///   logits = LayerNorm(encoded_0) * W + b
///
/// encoded  ((1 + n_patches) x d_model), what the last layer returned; at least the class token, which is row 0
/// returns  (n_classes), any real numbers: no softmax
/// throws   std::invalid_argument if there is no token, or on shapes that do not fit
///                                                            Dosovitskiy et al. 2021, equation 4
RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights);

/// Weights of a Vision Transformer.
struct VisionTransformerWeights {
    Index patch_size;                         ///< P, at least 1
    PatchEmbeddingWeights embedding;          ///< fits images of one size only: that of its positions
    std::vector<EncoderLayerWeights> layers;  ///< first to last; no layers is allowed
    ClassHeadWeights head;
};

/// The Vision Transformer: patches, tokens, the layers of an encoder, the class head.
///
///   z_0    = embed_patches(image_to_patches(image))
///   z_l    = encoder layer l of z_(l-1),  pre-norm, GELU, no mask    (l = 1, ..., n_layers)
///   logits = class_logits(z_(n_layers))
///
/// image    (n_channels x height x width)
/// returns  (n_classes)
/// throws   std::invalid_argument on shapes that do not fit   Dosovitskiy et al. 2021, equations 1 to 4
RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights);

/// One guess: a class and how probable it is.
struct Prediction {
    Index label;         ///< from 0 to n_classes - 1
    Scalar probability;  ///< exp(logit(label)) / sum over all classes j of exp(logit(j))
};

/// The k most probable classes, in the order of their logits, the largest first; of equal logits the lower label
/// comes first. Probabilities are taken over all classes, whatever k is.
///
/// logits   (n_classes), finite, of any size: far below zero, or with differences in the last digits
/// returns  k predictions
/// throws   std::invalid_argument if k is less than 1 or greater than n_classes
///
/// Where two probabilities are so small that both are stored as 0, the logits still differ, and they decide.
std::vector<Prediction> top_k(const RowVector& logits, Index k);

}  // namespace vision_transformer

#endif
