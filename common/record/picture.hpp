// What a scene shows: a matrix to be seen as a picture, or a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qkv::record {

/// How numbers become colours; the names are those of the JSON.
enum class Look {
    weights,  ///< from 0, which is blank, to the largest
    values,   ///< of both signs: two colours, blank at 0
    image,    ///< from 0, black, to 1, white
};

/// A matrix with a title; without rows a sentence that stands alone.
struct Picture {
    std::string title_en, title_zh;
    Look look = Look::weights;
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values;                        ///< row by row, all finite
    std::vector<std::string> row_names, column_names;  ///< as many as there are, or none: then they are counted from 0
    std::vector<std::string> row_names_zh, column_names_zh;  ///< in Chinese; none where they are the same
};

}  // namespace qkv::record
