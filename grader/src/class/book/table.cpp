#include "class/book/table.hpp"

#include <csv.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "collect/endings.hpp"

namespace qkv::grader {

namespace {

constexpr std::uintmax_t longest_file = std::uintmax_t{64} << 20;

struct Reading {
    std::vector<Cells> rows{Cells{}};
};

void add_cell(void* bytes, std::size_t size, void* to) {
    auto& cells = static_cast<Reading*>(to)->rows.back();
    cells.emplace_back(static_cast<const char*>(bytes), size);
}

void end_row(int, void* to) { static_cast<Reading*>(to)->rows.emplace_back(); }

/// Whether a spreadsheet may compute the cell. In Chinese and Japanese, wide letters are signs, too.
bool is_computed(const std::string& cell) {
    return std::ranges::any_of(std::array{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"},
                               [&](const char* sign) { return cell.starts_with(sign); });
}

[[noreturn]] void refuse(const std::filesystem::path& file, const Text& why) {
    throw Failure(wrong_usage, said({"{}: {}", "{}：{}"}, clean(file.string(), 200), why));
}

/// What parts the cells: the first comma, semicolon or tab of the heading that stands in no quotes.
char separator_of(const std::string& text) {
    bool quoted = false;
    for (const char byte : text) {
        if (byte == '"') quoted = !quoted;
        if (!quoted && (byte == ',' || byte == ';' || byte == '\t')) return byte;
        if (!quoted && (byte == '\n' || byte == '\r')) break;
    }
    return ',';
}

/// In UTF-8, without marks. Excel's "Unicode text" is UTF-16.
std::string without_marks(const std::string& text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return to_utf8(text, "UTF-16").value_or(text);
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

std::vector<Cells> rows_of(const std::string& text, const std::filesystem::path& file) {
    csv_parser parser{};
    if (csv_init(&parser, CSV_APPEND_NULL) != 0) throw std::bad_alloc();
    const std::unique_ptr<csv_parser, void (*)(csv_parser*)> owner(&parser, csv_free);
    csv_set_delim(&parser, static_cast<unsigned char>(separator_of(text)));
    Reading reading;
    if (csv_parse(&parser, text.data(), text.size(), add_cell, end_row, &reading) != text.size() ||
        csv_fini(&parser, add_cell, end_row, &reading) != 0)
        refuse(file, said({"no CSV: {}", "不是 CSV：{}"}, csv_strerror(csv_error(&parser))));
    std::erase_if(reading.rows, [](const Cells& row) { return std::ranges::all_of(row, &std::string::empty); });
    // "sep=;", by which Excel is told what parts the cells.
    if (!reading.rows.empty() && reading.rows.front().front() == "sep=") reading.rows.erase(reading.rows.begin());
    return reading.rows;
}

}  // namespace

std::optional<std::string> to_utf8(const std::string& text, const char* code) {
    const iconv_t converter = iconv_open("UTF-8", code);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as POSIX has it
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    std::string result(text.size() * 4, '\0'), from = text;
    char *in = from.data(), *out = result.data();
    std::size_t in_left = from.size(), out_left = result.size();
    const bool whole = iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
    iconv_close(converter);
    result.resize(result.size() - out_left);
    return whole ? std::optional(result) : std::nullopt;
}

bool is_utf8(const std::string& text) { return to_utf8(text, "UTF-8").has_value(); }

const std::string& Sheet::cell(std::size_t row, const std::string& column) const {
    static const std::string none;
    const auto found = std::ranges::find(columns, column);
    return found == columns.end() ? none : rows[row][static_cast<std::size_t>(found - columns.begin())];
}

Sheet read_sheet(const std::filesystem::path& file, const Cells& required) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error) refuse(file, {"there is no such file", "没有这个文件"});
    if (size > longest_file) refuse(file, {"larger than 64 MB", "超过 64 MB"});
    return sheet_of(read_file(file), file, required);
}

Sheet sheet_of(std::string text, const std::filesystem::path& file, const Cells& required) {
    text = without_marks(text);
    if (!is_utf8(text) || text.find('\0') != std::string::npos)
        refuse(file,
               {"not in UTF-8; save it again as \"CSV UTF-8\"",
                "不是 UTF-8 编码（Excel 的普通 CSV 在中文系统上是 GBK）；请在 Excel 里另存为“CSV UTF-8（逗号分隔）”"});
    std::vector<Cells> rows = rows_of(text, file);
    Sheet sheet;
    if (!rows.empty()) {
        for (const std::string& column : rows.front()) sheet.columns.push_back(small_letters(stripped(column)));
        rows.erase(rows.begin());
    }
    for (const std::string& column : required) {
        if (std::ranges::find(sheet.columns, column) == sheet.columns.end())
            refuse(file, said({"its first line must name a column {}", "第一行里要有 {} 这一列"}, column));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Cells& row = rows[i];
        for (std::size_t k = sheet.columns.size(); k < row.size(); ++k) {
            if (!row[k].empty())
                refuse(file, said({"row {} has more cells than the first; a cell with a comma in it needs quotes",
                                   "第 {} 行的格子比第一行多；格子里有逗号，就要加引号"},
                                  i + 2));
        }
        row.resize(sheet.columns.size());
    }
    sheet.rows = std::move(rows);
    return sheet;
}

std::string to_csv(const std::vector<Cells>& rows) {
    std::string text;
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string& cell = row[i];
            const std::string safe = is_computed(cell) ? "'" + cell : cell;
            const bool plain =
                safe.find_first_of(",\"\r\n;") == std::string::npos && !safe.starts_with(' ') && !safe.ends_with(' ');
            std::string quoted(safe.size() * 2 + 2, '\0');
            quoted.resize(csv_write(quoted.data(), quoted.size(), safe.data(), safe.size()));
            text += (i == 0 ? "" : ",") + (plain ? safe : quoted);
        }
        text += "\r\n";
    }
    return text;
}

std::string to_csv(const std::vector<Cells>& rows, Language language) {
    return Text{"", "\xEF\xBB\xBF"}.in(language) + to_csv(rows);
}

}  // namespace qkv::grader
