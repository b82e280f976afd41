// What the tests of `multi_head_attention` ask about: golden weights, heads and a mask, which PyTorch has seen too.
#ifndef QKV_MULTI_HEAD_ATTENTION_GOLDEN_MODEL_HPP
#define QKV_MULTI_HEAD_ATTENTION_GOLDEN_MODEL_HPP

#include <string>
#include <vector>

#include "multi_head_attention.hpp"
#include "testing/golden.hpp"

namespace multi_head_attention::tests {

using qkv::testing::golden;

inline Mask golden_mask() { return qkv::testing::golden_mask("heads/mask"); }

/// The heads of a golden array, stored one below the other.
inline std::vector<Matrix> golden_heads(const std::string& name, Index n_heads = 3) {
    const Matrix all = golden(name);
    const Index n_queries = all.rows() / n_heads;
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) heads.push_back(all.middleRows(h * n_queries, n_queries));
    return heads;
}

inline Linear golden_layer(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

inline MultiHeadWeights golden_weights(const std::string& name) {
    return {golden_layer(name + "/query"), golden_layer(name + "/key"), golden_layer(name + "/value"),
            golden_layer(name + "/output"), 3};
}

}  // namespace multi_head_attention::tests

#endif
