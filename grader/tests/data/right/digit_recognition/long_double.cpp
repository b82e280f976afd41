// The whole network by hand, in long double over std::vector; nothing of the other exercises is called. Of equal
// numbers the first by stable sorting. An image without pixels is an image.
#include "digit_recognition.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace digit_recognition {

namespace {

using Real = long double;

void refuse_unless(bool fits) {
    if (!fits) throw std::invalid_argument("this does not fit");
}

/// Numbers, row after row.
struct Table {
    Index rows, cols;
    std::vector<Real> numbers;

    Table(Index height, Index width)
        : rows(height), cols(width), numbers(static_cast<std::size_t>(height * width), Real{0}) {}
    Real& at(Index i, Index j) { return numbers[static_cast<std::size_t>(i * cols + j)]; }
    Real at(Index i, Index j) const { return numbers[static_cast<std::size_t>(i * cols + j)]; }
};

Matrix rounded(const Table& table) {
    Matrix result(table.rows, table.cols);
    for (Index i = 0; i < table.rows; ++i) {
        for (Index j = 0; j < table.cols; ++j) result(i, j) = static_cast<Scalar>(table.at(i, j));
    }
    return result;
}

Table linear(const Table& x, const multi_head_attention::Linear& layer) {
    refuse_unless(layer.weight.rows() == x.cols && layer.bias.size() == layer.weight.cols());
    Table y(x.rows, layer.weight.cols());
    for (Index i = 0; i < y.rows; ++i) {  // by pointers: most of the time is spent here
        Real* const out = y.numbers.data() + i * y.cols;
        for (Index j = 0; j < y.cols; ++j) out[j] = layer.bias(j);
        for (Index k = 0; k < x.cols; ++k) {
            const Real in = x.at(i, k);
            const Scalar* const row = layer.weight.data() + k * y.cols;
            for (Index j = 0; j < y.cols; ++j) out[j] += in * row[j];
        }
    }
    return y;
}

Table layer_norm(const Table& x, const encoder::LayerNormWeights& weights) {
    refuse_unless(weights.gain.size() == x.cols && weights.bias.size() == x.cols);
    Table y(x.rows, x.cols);
    for (Index i = 0; i < x.rows; ++i) {
        Real mean = 0, variance = 0;
        for (Index j = 0; j < x.cols; ++j) mean += x.at(i, j);
        mean /= static_cast<Real>(x.cols);
        for (Index j = 0; j < x.cols; ++j) variance += (x.at(i, j) - mean) * (x.at(i, j) - mean);
        const Real deviation = std::sqrt(variance / static_cast<Real>(x.cols) + static_cast<Real>(weights.epsilon));
        for (Index j = 0; j < x.cols; ++j) {
            y.at(i, j) = static_cast<Real>(weights.gain(j)) * (x.at(i, j) - mean) / deviation + weights.bias(j);
        }
    }
    return y;
}

void add(Table& x, const Table& more) {
    refuse_unless(more.rows == x.rows && more.cols == x.cols);
    for (std::size_t i = 0; i < x.numbers.size(); ++i) x.numbers[i] += more.numbers[i];
}

/// exp(numbers - log sum exp), in place.
void softmax(std::vector<Real>& numbers) {
    const Real largest = *std::max_element(numbers.begin(), numbers.end());
    Real sum = 0;
    for (Real& number : numbers) sum += number = std::exp(number - largest);
    for (Real& number : numbers) number /= sum;
}

/// What self-attention adds to the tokens; the weights of its heads go to `heads`.
Table attention(const Table& x, const multi_head_attention::MultiHeadWeights& weights, std::vector<Matrix>& heads) {
    const Table query = linear(x, weights.query), key = linear(x, weights.key), value = linear(x, weights.value);
    const Index n_heads = weights.n_heads;
    refuse_unless(n_heads >= 1 && query.cols >= 1 && query.cols % n_heads == 0);
    refuse_unless(key.cols == query.cols && value.cols == query.cols);
    const Index d_head = query.cols / n_heads;
    Table concat(x.rows, value.cols);
    for (Index h = 0; h < n_heads; ++h) {
        Table head(x.rows, x.rows);
        for (Index i = 0; i < x.rows; ++i) {
            std::vector<Real> row(static_cast<std::size_t>(x.rows));
            for (Index j = 0; j < x.rows; ++j) {
                Real score = 0;
                for (Index c = h * d_head; c < (h + 1) * d_head; ++c) score += query.at(i, c) * key.at(j, c);
                row[static_cast<std::size_t>(j)] = score / std::sqrt(static_cast<Real>(d_head));
            }
            softmax(row);
            for (Index j = 0; j < x.rows; ++j) {
                head.at(i, j) = row[static_cast<std::size_t>(j)];
                for (Index c = h * d_head; c < (h + 1) * d_head; ++c) concat.at(i, c) += head.at(i, j) * value.at(j, c);
            }
        }
        heads.push_back(rounded(head));
    }
    return linear(concat, weights.output);
}

/// All that is computed between the layers, not rounded yet.
struct Inside {
    std::vector<Table> tokens;
    std::vector<std::vector<Matrix>> attention;
    std::vector<Real> logits;
};

Inside inside(const Image& image, const VisionTransformerWeights& weights) {
    const Index p = weights.patch_size;
    refuse_unless(!image.empty() && p >= 1);
    const Index height = image[0].rows(), width = image[0].cols();
    for (const Matrix& channel : image) refuse_unless(channel.rows() == height && channel.cols() == width);
    refuse_unless(height % p == 0 && width % p == 0);
    const Index down = height / p, across = width / p, n_channels = static_cast<Index>(image.size());

    Table patches(down * across, n_channels * p * p);
    for (Index c = 0; c < n_channels; ++c) {
        const Matrix& channel = image[static_cast<std::size_t>(c)];
        for (Index y = 0; y < height; ++y) {
            for (Index x = 0; x < width; ++x)
                patches.at(y / p * across + x / p, (c * p + y % p) * p + x % p) = channel(y, x);
        }
    }
    const auto& [projection, class_token, positions] = weights.embedding;
    const Table projected = linear(patches, projection);
    const Index d_model = projected.cols;
    refuse_unless(class_token.size() == d_model && positions.cols() == d_model);
    refuse_unless(positions.rows() == 1 + patches.rows);
    Table x(positions.rows(), d_model);
    for (Index j = 0; j < d_model; ++j) {
        x.at(0, j) = static_cast<Real>(class_token(j)) + positions(0, j);
        for (Index i = 1; i < x.rows; ++i) x.at(i, j) = projected.at(i - 1, j) + positions(i, j);
    }

    Inside found;
    found.tokens.push_back(x);
    for (const encoder::EncoderLayerWeights& layer : weights.layers) {
        found.attention.emplace_back();
        add(x, attention(layer_norm(x, layer.attention_norm), layer.attention, found.attention.back()));
        Table hidden = linear(layer_norm(x, layer.feed_forward_norm), layer.feed_forward.inner);
        for (Real& number : hidden.numbers) number = number / 2 * std::erfc(-number / std::sqrt(Real{2}));
        add(x, linear(hidden, layer.feed_forward.outer));
        found.tokens.push_back(x);
    }
    found.logits = linear(layer_norm(x, weights.head.norm), weights.head.projection).numbers;
    found.logits.resize(static_cast<std::size_t>(weights.head.projection.weight.cols()));  // those of row 0
    return found;
}

RowVector as_row(const std::vector<Real>& numbers) {
    RowVector row(static_cast<Index>(numbers.size()));
    for (std::size_t j = 0; j < numbers.size(); ++j) row(static_cast<Index>(j)) = static_cast<Scalar>(numbers[j]);
    return row;
}

/// The places of the numbers, that of the largest first, of equal ones the first.
template <class Number>
std::vector<std::size_t> sorted(const std::vector<Number>& numbers) {
    std::vector<std::size_t> places(numbers.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return numbers[a] > numbers[b]; });
    return places;
}

}  // namespace

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    refuse_unless(scale.white > 0);
    refuse_unless(scale.deviation > 0);
    refuse_unless(width >= 1 && pixels.cols() % width == 0);
    const Index height = pixels.cols() / width;
    std::vector<Image> images;
    for (Index n = 0; n < pixels.rows(); ++n) {
        Matrix grey(height, width);
        for (Index y = 0; y < height; ++y) {
            for (Index x = 0; x < width; ++x) {
                const Scalar pixel = pixels(n, y * width + x);
                refuse_unless(pixel >= 0 && pixel <= scale.white);
                const Real share = static_cast<Real>(pixel) / scale.white;
                grey(y, x) = static_cast<Scalar>((share - scale.mean) / scale.deviation);
            }
        }
        images.push_back(Image(1, grey));
    }
    return images;
}

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    const Inside found = inside(image, weights);
    Trace trace;
    for (const Table& each : found.tokens) trace.tokens.push_back(rounded(each));
    trace.attention = found.attention;
    trace.logits = as_row(found.logits);
    return trace;
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    Matrix logits(0, weights.head.projection.weight.cols());
    for (const Image& image : images) {
        logits.conservativeResize(logits.rows() + 1, Eigen::NoChange);
        logits.row(logits.rows() - 1) = as_row(inside(image, weights).logits);
    }
    return logits;
}

std::vector<Index> most_probable(const Matrix& logits) {
    refuse_unless(logits.cols() > 0);
    std::vector<Index> labels;
    for (Index n = 0; n < logits.rows(); ++n) {
        std::vector<Scalar> row;
        for (Index j = 0; j < logits.cols(); ++j) row.push_back(logits(n, j));
        labels.push_back(static_cast<Index>(sorted(row).front()));
    }
    return labels;
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    refuse_unless(!actual.empty());
    refuse_unless(actual.size() == predicted.size());
    Real wrong = 0;
    for (std::size_t n = 0; n < actual.size(); ++n) wrong += actual[n] != predicted[n];
    return static_cast<Scalar>(1 - wrong / static_cast<Real>(actual.size()));
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    refuse_unless(n_classes >= 1 && actual.size() == predicted.size());
    Table counts(n_classes, n_classes);
    for (std::size_t n = 0; n < actual.size(); ++n) {
        refuse_unless(actual[n] >= 0 && actual[n] < n_classes && predicted[n] >= 0 && predicted[n] < n_classes);
        counts.at(actual[n], predicted[n]) += 1;
    }
    return rounded(counts);
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    refuse_unless(!attention.empty());
    std::vector<Table> mixed;
    for (const std::vector<Matrix>& heads : attention) {
        refuse_unless(!heads.empty());
        const Index n = attention[0][0].rows();
        refuse_unless(n > 0);
        Table sums(n, n);
        for (const Matrix& head : heads) {
            refuse_unless(head.rows() == n && head.cols() == n);
            for (Index i = 0; i < n; ++i) {
                for (Index j = 0; j < n; ++j) sums.at(i, j) += head(i, j);
            }
        }
        // As many halves of the identity as there are heads: each row is divided by its sum all the same.
        for (Index i = 0; i < n; ++i) {
            sums.at(i, i) += static_cast<Real>(heads.size());
            Real all = 0;
            for (Index j = 0; j < n; ++j) all += sums.at(i, j);
            for (Index j = 0; j < n; ++j) sums.at(i, j) /= all;
        }
        mixed.push_back(sums);
    }
    while (mixed.size() > 1) {  // the last two become one: A_L * A_(L-1)
        const Table upper = mixed.back();
        mixed.pop_back();
        Table product(upper.rows, upper.cols);
        for (Index i = 0; i < product.rows; ++i) {
            for (Index k = 0; k < product.rows; ++k) {
                for (Index j = 0; j < product.rows; ++j) product.at(i, j) += upper.at(i, k) * mixed.back().at(k, j);
            }
        }
        mixed.back() = product;
    }
    return rounded(mixed[0]);
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    refuse_unless(across >= 1);
    refuse_unless(rollout.rows() >= 2 && rollout.rows() == rollout.cols());
    refuse_unless((rollout.cols() - 1) % across == 0);
    Real sum = 0;
    for (Index j = rollout.cols() - 1; j > 0; --j) sum += rollout(0, j);
    Table picture((rollout.cols() - 1) / across, across);
    for (Index r = 0; r < picture.rows; ++r) {
        for (Index k = 0; k < across; ++k) {
            if (sum > 0) picture.at(r, k) = rollout(0, 1 + r * across + k) / sum;
        }
    }
    return rounded(picture);
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    std::vector<Real> before = inside(image, weights).logits;
    refuse_unless(!before.empty());
    const std::size_t label = sorted(before).front();
    softmax(before);
    const Index p = weights.patch_size;
    Table drops(image[0].rows() / p, image[0].cols() / p);
    for (Index r = 0; r < drops.rows; ++r) {
        for (Index k = 0; k < drops.cols; ++k) {
            Image hidden;
            for (const Matrix& channel : image) {
                Matrix copy(channel.rows(), channel.cols());
                for (Index y = 0; y < copy.rows(); ++y) {
                    for (Index x = 0; x < copy.cols(); ++x)
                        copy(y, x) = y / p == r && x / p == k ? value : channel(y, x);
                }
                hidden.push_back(copy);
            }
            std::vector<Real> after = inside(hidden, weights).logits;
            softmax(after);
            drops.at(r, k) = before[label] - after[label];
        }
    }
    return {static_cast<Index>(label), static_cast<Scalar>(before[label]), rounded(drops)};
}

Patch most_important(const Matrix& drops) {
    std::vector<Scalar> sizes;
    for (Index r = 0; r < drops.rows(); ++r) {
        for (Index k = 0; k < drops.cols(); ++k) sizes.push_back(drops(r, k) < 0 ? -drops(r, k) : drops(r, k));
    }
    refuse_unless(!sizes.empty());
    const auto first = static_cast<Index>(sorted(sizes).front());
    return Patch{first / drops.cols(), first % drops.cols()};
}

}  // namespace digit_recognition
