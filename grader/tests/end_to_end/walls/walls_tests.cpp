// What a build sees, and what of it is used.
#include <sys/resource.h>
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

TEST_CASE("answers of shapes that nobody expects do not fill the memory of the tests") {
    const Scratch scratch;
    // Its product with its own transpose would take 3.2 GB.
    scratch.write("positional_encoding.cpp",
                  with(reference_of("positional_encoding"), "Matrix shift_matrix(Index d_model, Index k) {",
                       "Matrix shift_matrix(Index d_model, Index k) {\n    if (d_model == 6 && k == 7) return "
                       "Matrix::Ones(20000, 1);"));
    const Said said = graded({"--submission", scratch.path.string(), "positional_encoding"});
    INFO(said.text);
    CHECK(said.status == 1);
    CHECK(part(said.json, "positional_encoding", "shift_matrix").at("score") == 0);
    CHECK(part(said.json, "positional_encoding", "sinusoidal").at("status") == "passed");
    rusage used{};  // by the largest of all that these tests started so far, in KB: no attack is among them
    REQUIRE(getrusage(RUSAGE_CHILDREN, &used) == 0);
    CHECK(used.ru_maxrss < 2L << 20);
}
