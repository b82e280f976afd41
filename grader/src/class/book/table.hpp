// Tables as CSV, read and written by libcsv.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace qkv::grader {

using Cells = std::vector<std::string>;

/// A table with a heading; every row has as many cells as that.
struct Sheet {
    Cells columns;  ///< in small letters
    std::vector<Cells> rows;

    /// The cell under a heading; empty if there is no such column.
    const std::string& cell(std::size_t row, const std::string& column) const;
};

/// Reads a CSV file with a heading; commas, semicolons or tabs part its cells. In UTF-8, or in UTF-16 with its mark.
/// Throws Failure (wrong_usage) with one line if it cannot be read, is neither, or lacks one of these columns.
Sheet read_sheet(const std::filesystem::path& file, const Cells& required);

/// The same of a text; `name` is what complaints call it.
Sheet sheet_of(std::string text, const std::filesystem::path& name, const Cells& required);

/// A text in another code, "GB18030" say, as UTF-8; nothing if it is none in that code.
std::optional<std::string> to_utf8(const std::string& text, const char* code);

/// Whether every byte is UTF-8; controls and marks are, too.
bool is_utf8(const std::string& text);

/// Rows as CSV. A cell that a spreadsheet would compute (=, +, -, @ in front, narrow or wide) gets an apostrophe; all
/// others keep every byte.
std::string to_csv(const std::vector<Cells>& rows);

/// The same, for people to open: in Chinese behind the mark of UTF-8, without which Excel there takes the bytes for
/// GBK.
std::string to_csv(const std::vector<Cells>& rows, Language language);

}  // namespace qkv::grader
