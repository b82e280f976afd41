// One loop over (head, query): nothing is split but views of columns; long double where a sum runs over keys.
#include "multi_head_attention.hpp"

#include <cmath>
#include <stdexcept>

namespace multi_head_attention {
namespace {

template <class... Fits>
void demand(Fits... fits) {
    if (!(fits && ...)) throw std::invalid_argument("shapes");
}

Index share(Index columns, Index n_heads) {
    demand(n_heads > 0);
    demand(columns % n_heads == 0);
    return columns / n_heads;
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    demand(input.cols() == layer.weight.rows(), layer.bias.size() == layer.weight.cols());
    Matrix out = layer.bias.replicate(input.rows(), 1);
    for (Index k = 0; k < input.cols(); ++k) out += input.col(k) * layer.weight.row(k);  // a sum of outer products
    return out;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    const Index width = share(features.cols(), n_heads);
    std::vector<Matrix> heads(static_cast<std::size_t>(n_heads), Matrix(features.rows(), width));
    for (Index j = 0; j < features.cols(); ++j)
        heads[static_cast<std::size_t>(j / width)].col(j % width) = features.col(j);
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    demand(!heads.empty());
    Matrix merged(heads[0].rows(), 0);
    for (const Matrix& head : heads) {
        demand(head.rows() == heads[0].rows(), head.cols() == heads[0].cols());
        const Index before = merged.cols();
        merged.conservativeResize(Eigen::NoChange, before + head.cols());
        merged.rightCols(head.cols()) = head;
    }
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const Index width = share(query.cols(), n_heads), d_v = share(value.cols(), n_heads);
    const bool open = mask.rows() == 0 && mask.cols() == 0;
    demand(key.cols() == query.cols(), key.rows() == value.rows(),
           open || (mask.rows() == query.rows() && mask.cols() == key.rows()));
    MultiHeadResult result{Matrix::Zero(query.rows(), value.cols()), {}};
    for (Index h = 0; h < n_heads; ++h) {
        Matrix weights = Matrix::Zero(query.rows(), key.rows());
        for (Index i = 0; i < query.rows(); ++i) {
            std::vector<std::pair<Index, long double>> seen;
            long double top = -INFINITY, total = 0;
            for (Index j = 0; j < key.rows(); ++j) {
                if (!open && !mask(i, j)) continue;
                long double score = 0;
                for (Index c = h * width; c < (h + 1) * width; ++c)
                    score += static_cast<long double>(query(i, c)) * static_cast<long double>(key(j, c));
                seen.emplace_back(j, score / std::sqrt(static_cast<long double>(width)));
                top = std::max(top, seen.back().second);
            }
            for (auto& [j, score] : seen) total += score = std::exp(score - top);
            for (const auto& [j, share_of_j] : seen) {
                weights(i, j) = static_cast<Scalar>(share_of_j / total);
                result.output.row(i).segment(h * d_v, d_v) += weights(i, j) * value.row(j).segment(h * d_v, d_v);
            }
        }
        result.weights.push_back(weights);
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    MultiHeadResult r = attend_heads(linear(tokens, weights.query), linear(memory, weights.key),
                                     linear(memory, weights.value), weights.n_heads, mask);
    r.output = linear(r.output, weights.output);
    return r;
}

}  // namespace multi_head_attention
