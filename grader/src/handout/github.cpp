#include "base/files.hpp"
#include "handout/export.hpp"

namespace qkv::grader {

Text export_github(const Kit& kit, const Export& wanted) {
    namespace fs = std::filesystem;
    const fs::path file = wanted.folder / ".github" / "workflows" / "qkv.yml";
    const std::string text = read_file(fs::path(kit.toolchain.source) / "grader" / "templates" / "github" / "qkv.yml");
    const std::string mark = text.substr(0, text.find('\n'));
    if (fs::exists(fs::symlink_status(file)) && !(fs::is_regular_file(file) && read_file(file).starts_with(mark)))
        throw not_written_by_export(file);
    fs::create_directories(file.parent_path());
    write_file(file,
               replaced(replaced(text, "@EXERCISES@", wanted.ids()), "@LANGUAGE@", entry_of(wanted.language).code));
    return said({"{}: commit it to the learners' repository; each push is graded then.",
                 "{}：把它提交到学生的仓库里，之后每次 push 都会评分。"},
                clean(file.string(), 300));
}

}  // namespace qkv::grader
