// What a build sees, and what of it is used.
#include <sys/stat.h>

#include <string>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "grading/grade.hpp"
#include "harness/catch2.hpp"
#include "walls/sandbox.hpp"

using namespace qkv::tests;

namespace {

Kit proven() {
    const TestKit kit = proven_kit();
    return {kit.root, load_toolchain(kit.toolchain), load_catalog(kit.root)};
}

/// What the command prints behind these walls.
std::string seen(const Walls& walls, const std::string& command) {
    Command run_it;
    run_it.arguments = enclosed(walls, {{}, {}, true}, {"/bin/sh", "-c", command});
    run_it.seconds = 20;
    return run(run_it).output;
}

}  // namespace

TEST_CASE("a kit below /usr is hidden from the compiler, and the system is not") {
    const Kit kit = proven();
    // A folder of the system's stands for the kit.
    for (const char* mode : {"auto", "off"}) {
        const Walls walls = find_walls(mode, kit.toolchain.enclose, "/usr/include/eigen3");
        if (walls.bubblewrap.empty() && walls.enclose.empty()) continue;
        INFO(walls.names());
        CHECK(walls.masked == "/usr/include/eigen3");
        CHECK(seen(walls, "read line </usr/include/eigen3/Eigen/Core && echo seen").find("seen\n") ==
              std::string::npos);
        CHECK(seen(walls, "read line </usr/include/stdio.h && echo seen").find("seen\n") != std::string::npos);
        CHECK(seen(find_walls(mode, kit.toolchain.enclose, kit.root),
                   "read line </usr/include/eigen3/Eigen/Core && echo seen")
                  .find("seen\n") != std::string::npos);
    }
}

TEST_CASE("of what a taken-over build leaves, links are not followed") {
    const Scratch scratch;
    Kit kit = proven();
    const Exercise exercise = choose(kit.catalog, {"counting"}).front();
    const Built honest = build_from(kit, exercise, read_source(exercise.reference(), exercise), {});
    REQUIRE_FALSE(honest.fault);
    // An object that would do, in a place that is not the build's.
    const std::string elsewhere = honest.object.string();
    for (const std::string& leaves : {"ln -s " + elsewhere + " object.o", "ln " + elsewhere + " object.o",
                                      std::string("mkfifo object.o"), std::string("true")}) {
        scratch.write("objcopy", "#!/bin/sh\nrm -f object.o\n" + leaves + "\n");
        chmod((scratch.path / "objcopy").c_str(), 0755);
        kit.toolchain.objcopy = (scratch.path / "objcopy").string();
        SourceFile source = read_source(exercise.reference(), exercise);
        source.text += "// " + leaves + "\n";
        INFO(leaves);
        CHECK(build_from(kit, exercise, source, {}).fault);
    }
}
