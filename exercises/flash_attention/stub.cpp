// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// flash_attention.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade flash_attention
#include "flash_attention.hpp"

namespace flash_attention {

Partial summarize(const RowVector& scores) {
    // What do you subtract from the scores before exp? And what is -infinity minus -infinity?
    qkv::todo();
}

Partial merge(const Partial& left, const Partial& right) {
    // Each sum is relative to its own maximum. By which factor does it change when the maximum grows?
    qkv::todo();
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    // What has to be known of all chunks before the first weight can be written?
    qkv::todo();
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    // A query meets a score larger than all before. What of what it carries is now too large, and by which factor?
    qkv::todo();
}

Forward finish(const Running& running) {
    // Why is the division left to the very end? And what of a query that has seen nothing?
    qkv::todo();
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    // Which is the last key that the last query of a block sees? And the last one that its first query sees?
    qkv::todo();
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    // Which rows of which arguments does a tile need? What is carried from one tile to the next, and for which queries?
    qkv::todo();
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    // Which of the products of two rows are asked for?
    qkv::todo();
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    // Of one tile: what are its weights, and to which rows of which gradient does it add something?
    qkv::todo();
}

}  // namespace flash_attention
