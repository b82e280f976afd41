// Reading handwritten digits with a trained Vision Transformer, and seeing what it looks at.
// You write these functions in digit_recognition.cpp. Everywhere: rows are tokens, columns are features. A shape that
// does not fit its neighbours is answered with std::invalid_argument.
#ifndef QKV_DIGIT_RECOGNITION_HPP
#define QKV_DIGIT_RECOGNITION_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"
#include "vision_transformer.hpp"

namespace digit_recognition {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using vision_transformer::Image;
using vision_transformer::VisionTransformerWeights;

/// How pixels were scaled when the network was trained; they must be scaled so ever after.
struct PixelScale {
    Scalar white;      ///< the largest pixel there can be, greater than 0; 0 is black
    Scalar mean;       ///< of all training pixels, each divided by white
    Scalar deviation;  ///< their standard deviation, greater than 0
};

/// Images of one channel, from the numbers of a file to what the network reads.
///
///   images[n][0](y, x) = (pixels(n, y * width + x) / white - mean) / deviation
///
/// pixels   (n_images x (height * width)), an image a row, its rows of pixels one after the other; each from 0 to
/// white.
///          There may be no images; images without pixels may be refused
/// returns  n_images images (1 x height x width)
/// throws   std::invalid_argument if width is less than 1 or does not divide the columns, if a pixel is less than 0 or
///          greater than white, or if white or deviation is not greater than 0
std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale);

/// What goes on in a Vision Transformer while it looks at one image.
struct Trace {
    std::vector<Matrix> tokens;                  ///< z_0, ..., z_L, each ((1 + n_patches) x d_model)
    std::vector<std::vector<Matrix>> attention;  ///< of each layer, the weights of each head, n_tokens x n_tokens
    RowVector logits;                            ///< (n_classes)
};

/// The Vision Transformer, with all that it computes between the layers. The attention of a layer are the weights of
/// its heads as multi_head_attention returns them; for layer l they are computed from the normalised z_(l-1).
///
///   z_0 = embed_patches(image_to_patches(image))
///   h_l = z_(l-1) + MSA(LN(z_(l-1))),   z_l = h_l + MLP(LN(h_l))   with GELU, no mask     (l = 1, ..., L)
///   logits = class_logits(z_L)
///
/// image    (n_channels x height x width)
/// weights  without layers, tokens holds z_0 and attention nothing
/// throws   std::invalid_argument on shapes that do not fit    Dosovitskiy et al. 2021, equations 1 to 4
Trace look_inside(const Image& image, const VisionTransformerWeights& weights);

/// The logits of many images: row n belongs to image n.
///
/// images   n_images images (n_channels x height x width), all of the size that the weights are for; there may be none
/// returns  (n_images x n_classes), where n_classes are the columns of weights.head.projection
/// throws   std::invalid_argument if an image does not fit the weights. Without images nobody reads the weights: such
///          as do not fit each other are then refused or ignored
Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights);

/// The class with the largest logit, for each row; of equal logits the lower label.
///
/// logits   (n_images x n_classes)
/// returns  n_images labels, from 0 to n_classes - 1
/// throws   std::invalid_argument if there are no classes
std::vector<Index> most_probable(const Matrix& logits);

/// The share of images whose predicted label is the actual one, from 0 to 1.
///
/// throws   std::invalid_argument if there are no images, or not as many labels in the one list as in the other
Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted);

/// Who is taken for whom: (a, p) is the number of images of class a that were taken for class p.
///
/// actual, predicted   a label for each image, from 0 to n_classes - 1; there may be no images
/// returns  (n_classes x n_classes)
/// throws   std::invalid_argument if the lists differ in length, if n_classes is less than 1, or if a label is outside
///          of 0 to n_classes - 1
Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes);

/// Attention through all layers: how much of each token's place in the input (column) is in a token of the output
/// (row).
///
///   A_l     = 0.5 * (mean over the heads of attention[l]) + 0.5 * I,  each row then divided by its sum
///   rollout = A_L * ... * A_2 * A_1
///
/// attention  at least one layer, each of at least one head; all matrices (n_tokens x n_tokens), n_tokens at least 1,
///            no entry less than 0. Layers may differ in the number of heads
/// returns    (n_tokens x n_tokens), rows sum to 1
/// throws     std::invalid_argument if there is no layer, no head or no token, or on shapes that do not fit
///                                                            Abnar and Zuidema 2020, section 3
Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention);

/// What the class token (row 0) has got from each patch, as a picture: the patches in their places, as one reads.
///
///   picture(r, k) = rollout(0, 1 + r * across + k) / sum over all patches n of rollout(0, 1 + n)
///
/// rollout  ((1 + n_patches) x (1 + n_patches)), at least one patch, no entry less than 0
/// across   how many patches stand side by side
/// returns  ((n_patches / across) x across), its entries sum to 1; zeros if the class token got nothing from any patch
/// throws   std::invalid_argument if rollout is not square, if there is no patch, if across is less than 1 or does not
///          divide n_patches
Matrix rollout_picture(const Matrix& rollout, Index across);

/// What hiding each patch does to the answer.
struct Occlusion {
    Index label;         ///< the answer to the whole image; of equal logits the lower label
    Scalar probability;  ///< of this label, for the whole image
    Matrix drops;        ///< (height / P x width / P): how much of that probability is lost where that patch is hidden
};

/// Hides one patch after the other and asks again for the probability of the first answer.
///
///   drops(r, k) = p(label | image) - p(label | image with patch (r, k) replaced by `value`, in all channels)
///
/// image    (n_channels x height x width)
/// value    any number; 0 is the mean grey of the training images, and black is -mean / deviation
/// throws   std::invalid_argument on shapes that do not fit    Zeiler and Fergus 2014, section 4.2
Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value);

/// A patch by its place.
struct Patch {
    Index row;     ///< from the top, 0 is the first
    Index column;  ///< from the left
};

/// The patch whose hiding changes the probability most, up or down; of equal ones the first as one reads.
///
/// drops    at least one row and one column
/// throws   std::invalid_argument if there is no patch
Patch most_important(const Matrix& drops);

}  // namespace digit_recognition

#endif
