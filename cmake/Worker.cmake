# How a learner's file becomes a worker. The driver does it, by the toolchain written here; CMake builds
# only what every worker shares: the warm header, its object, the serving loop.
set(QKV_WORKER_DIRECTORY "${PROJECT_BINARY_DIR}/worker")
set(QKV_WARM_HEADER "${PROJECT_SOURCE_DIR}/common/worker/warm.hpp")
set(QKV_WARM_PCH "${QKV_WORKER_DIRECTORY}/warm.pch")
set(QKV_WARM_OBJECT "${QKV_WORKER_DIRECTORY}/warm.o")
file(MAKE_DIRECTORY "${QKV_WORKER_DIRECTORY}")

get_target_property(QKV_EIGEN_INCLUDE Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
list(GET QKV_EIGEN_INCLUDE 0 QKV_EIGEN_INCLUDE)

# The flags of a learner's file and of everything it must agree with. Some processors can add a product with one rounding;
# without, a file gives the same numbers on all.
set(QKV_LEARNER_FLAGS -std=c++20 -fPIE -ffp-contract=off -isystem "${QKV_EIGEN_INCLUDE}"
    "-I${PROJECT_SOURCE_DIR}/common/include")
if(QKV_FLOAT)
  list(APPEND QKV_LEARNER_FLAGS -DQKV_FLOAT)
endif()

# The warm header: precompiled with the learner's flags, code generation included; -MD names the system's headers, whose
# content grader/build.sh looks at. Its object is compiled once, at `level`, for all learners' files.
function(qkv_add_warm_header target pch object level comment)
  file(RELATIVE_PATH name "${PROJECT_BINARY_DIR}" "${pch}")
  add_custom_command(
    OUTPUT "${pch}"
    COMMAND "${QKV_CLANG}" ${QKV_LEARNER_FLAGS} ${ARGN} -O0 -gline-tables-only -x c++-header -fpch-instantiate-templates
            -fpch-codegen -Xclang -fno-pch-timestamp
            -MD -MF "${pch}.d" -MT "${name}" "${QKV_WARM_HEADER}" -o "${pch}"
    DEPENDS "${QKV_WARM_HEADER}"
    DEPFILE "${pch}.d"
    COMMENT "Precompiling the header of learners' files"
    VERBATIM)
  add_custom_command(
    OUTPUT "${object}"
    COMMAND "${QKV_CLANG}" ${ARGN} ${level} -fPIE -c "${pch}" -o "${object}"
    DEPENDS "${pch}"
    COMMENT "${comment}"
    VERBATIM)
  add_custom_target(${target} DEPENDS "${object}")
endfunction()

# Optimised, so that the matrix products of an unoptimised learner's file are fast. 15000 groups of sections, of one
# function each, would be read at every link: they are merged, and lines of Eigen's headers are told to nobody.
# Inlining less than -O1 does saves a third of the time, and the products are as fast (docs/decisions/0002).
set(QKV_WARM_LEVEL -O1 -mllvm -inline-threshold=30 -mllvm -inlinehint-threshold=30)
set(groups "${QKV_WORKER_DIRECTORY}/warm_groups.o")
qkv_add_warm_header(qkv_warm_groups "${QKV_WARM_PCH}" "${groups}" "${QKV_WARM_LEVEL}"
  "Compiling Eigen's code for learners' files, once (about ten seconds)")
add_custom_command(
  OUTPUT "${QKV_WARM_OBJECT}"
  COMMAND "${QKV_LD_BFD}" -r --force-group-allocation --strip-debug --discard-all "${groups}" -o "${QKV_WARM_OBJECT}"
  DEPENDS "${groups}"
  COMMENT "Merging it into one object"
  VERBATIM)
add_custom_target(qkv_warm DEPENDS "${QKV_WARM_OBJECT}")

# The same for --sanitize, built when first asked for. Not optimised: with the checks in it that takes five
# times as long, and says less well where a mistake is.
# Eigen moves the null pointers of empty matrices about, without using them: pointer-overflow stays out.
set(QKV_SANITIZER_FLAGS -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all
    -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS)
set(QKV_SANITIZED_PCH "${QKV_WORKER_DIRECTORY}/sanitized_warm.pch")
set(QKV_SANITIZED_OBJECT "${QKV_WORKER_DIRECTORY}/sanitized_warm.o")
qkv_add_warm_header(qkv_sanitized_warm "${QKV_SANITIZED_PCH}" "${QKV_SANITIZED_OBJECT}" -O0
  "Compiling Eigen's code with AddressSanitizer and UndefinedBehaviorSanitizer, once (about ten seconds)"
  ${QKV_SANITIZER_FLAGS})

if(QKV_LEARNER_LINKER MATCHES "mold$|ld.lld$")
  get_filename_component(QKV_LINKER_NAME "${QKV_LEARNER_LINKER}" NAME)
  string(REPLACE "ld.lld" "lld" QKV_LINKER_NAME "${QKV_LINKER_NAME}")
  set(QKV_LINKER_FLAG "-fuse-ld=${QKV_LINKER_NAME}")
else()
  set(QKV_LINKER_FLAG "-fuse-ld=bfd")
endif()

# The linker's own command line, as the compiler would give it: the driver calls the linker itself, which saves the
# start of another compiler at every grading.
file(WRITE "${QKV_WORKER_DIRECTORY}/OBJECTS" "")
execute_process(COMMAND "${QKV_CLANG}" "-###" -static-pie "${QKV_LINKER_FLAG}" OBJECTS -o WORKER
  WORKING_DIRECTORY "${QKV_WORKER_DIRECTORY}" ERROR_VARIABLE said)
string(REGEX MATCH "[^\n]*\"WORKER\"[^\n]*" said "${said}")
separate_arguments(QKV_LINK_COMMAND UNIX_COMMAND "${said}")
if(NOT "OBJECTS" IN_LIST QKV_LINK_COMMAND)
  message(FATAL_ERROR "${QKV_CLANG} -### does not tell how it links")
endif()
list(REMOVE_ITEM QKV_LINK_COMMAND --build-id)  # nobody asks for the hash of a worker
string(REPLACE ";" "\", \"" QKV_LINK_COMMAND_JSON "${QKV_LINK_COMMAND}")

# One file that tells the driver all of this.
string(REPLACE ";" "\", \"" QKV_LEARNER_FLAGS_JSON "${QKV_LEARNER_FLAGS}")
string(REPLACE ";" "\", \"" QKV_SANITIZER_FLAGS_JSON "${QKV_SANITIZER_FLAGS}")
