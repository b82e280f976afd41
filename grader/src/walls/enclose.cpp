// enclose: runs a command that can read and write only the paths it is given. For compilers, where
// namespaces are forbidden and so bubblewrap cannot work.
//
//   enclose [--read PATH]... [--write FOLDER]... -- COMMAND [ARGUMENT...]
//
// Landlock (Linux 5.13 and later) needs no privileges and no namespaces. Paths that are not there are
// left out. Exit status 120 when the kernel cannot do it.
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::uint64_t file_read = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t file_write = LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // what the first version knows

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "enclose: %s: %s\n", what, std::strerror(errno));
    std::exit(120);
}

void allow(int ruleset, const char* path, std::uint64_t access) {
    const int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat info {};
    // A file has no entries to list or make.
    if (fstat(descriptor, &info) == 0 && !S_ISDIR(info.st_mode)) access &= file_read | file_write;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access;
    rule.parent_fd = descriptor;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) give_up(path);
    close(descriptor);
}

}  // namespace

int main(int argc, char** argv) {
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = all;
    const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
    if (ruleset < 0) give_up("landlock");
    int at = 1;
    for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
        if (std::strcmp(argv[at], "--read") == 0)
            allow(ruleset, argv[at + 1], file_read | LANDLOCK_ACCESS_FS_READ_DIR);
        else if (std::strcmp(argv[at], "--write") == 0)
            allow(ruleset, argv[at + 1], all);
        else
            break;
    }
    if (at + 1 >= argc || std::strcmp(argv[at], "--") != 0) {
        errno = EINVAL;
        give_up("usage: enclose [--read PATH]... [--write FOLDER]... -- COMMAND [ARGUMENT...]");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no new privileges");
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) give_up("landlock");
    execv(argv[at + 1], argv + at + 1);
    give_up(argv[at + 1]);
}
