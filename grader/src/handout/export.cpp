#include "handout/export.hpp"

#include <cstdio>
#include <random>

#include "handout/handout.hpp"

namespace qkv::grader {

std::string Export::ids() const {
    std::string words;
    for (const Exercise& exercise : exercises) words += (words.empty() ? "" : " ") + exercise.id;
    return words;
}

Failure not_written_by_export(const std::filesystem::path& file) {
    return Failure(wrong_usage, said({"{} is there already, and not written by export: move it away first",
                                      "{} 已经存在，而且不是 export 写的：请先把它移走"},
                                     clean(file.string(), 300)));
}

int export_command(const Kit& kit, const Arguments& arguments) {
    const std::string& service = arguments.ids[0];
    if (service != "gradescope" && service != "github")
        throw Failure(wrong_usage, said({"export knows gradescope and github, not \"{}\"",
                                         "export 只认识 gradescope 和 github，不认识“{}”"},
                                        clean(service, 80)));
    if (arguments.ids.size() < 2)
        throw Failure(wrong_usage, said({"export needs a folder: ./grade export {} DIR [ID...]",
                                         "export 后面还要写文件夹：./grade export {} DIR [ID...]"},
                                        service));
    const std::vector<std::string> ids(arguments.ids.begin() + 2, arguments.ids.end());
    Export wanted;
    wanted.folder = std::filesystem::absolute(arguments.ids[1]).lexically_normal();
    wanted.exercises = ids.empty() ? of_course(kit.catalog) : choose(kit.catalog, ids);
    // Short enough to be written into a mail.
    wanted.seed = arguments.seed.value_or(std::random_device{}() % 1'000'000);
    wanted.language = arguments.language;
    std::error_code error;
    std::filesystem::create_directories(wanted.folder, error);
    if (error)
        throw Failure(wrong_usage, said({"export: the folder {} cannot be made: {}", "export：无法建立文件夹 {}：{}"},
                                        clean(wanted.folder.string(), 200), error.message()));
    const Text next = service == "github" ? export_github(kit, wanted) : export_gradescope(kit, wanted);
    fmt::print("{}\n", next.in(arguments.language));
    return all_earned;
}

}  // namespace qkv::grader
