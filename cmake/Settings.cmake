# Options, warnings, packages. Everything else is targets.
option(QKV_FLOAT "Scalar is float instead of double" OFF)
option(QKV_SANITIZE "Build the trusted programs with ASan and UBSan" OFF)
option(QKV_TESTS "Add the project's own tests" ON)

# Larger libraries are compiled several files at a time, which is quicker; clang-tidy looks at each file alone, which also
# finds what a file forgot to include.
set(QKV_TOGETHER ON)
if(CMAKE_CXX_CLANG_TIDY)
  set(QKV_TOGETHER OFF)
endif()

find_package(Catch2 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
# Of toml++ there may be headers alone.
set(QKV_TOML_HEADER_ONLY 0)
if(NOT tomlplusplus_LIBRARIES)
  set(QKV_TOML_HEADER_ONLY 1)
endif()
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)

find_program(QKV_CLANG clang++ REQUIRED)
find_program(QKV_LEARNER_LINKER NAMES mold ld.lld ld)
# Every worker that mold 1.0 (Ubuntu 22.04) links crashes at its first call; 1.10 (Debian 12) is right.
if(QKV_LEARNER_LINKER MATCHES "mold$")
  execute_process(COMMAND "${QKV_LEARNER_LINKER}" --version OUTPUT_VARIABLE mold_version)
  string(REGEX MATCH "[0-9]+[.][0-9]+" mold_version "${mold_version}")
  if(mold_version VERSION_LESS 1.10)
    unset(QKV_LEARNER_LINKER CACHE)
    find_program(QKV_LEARNER_LINKER NAMES ld.lld ld)
  endif()
endif()
find_program(QKV_LD_BFD NAMES ld.bfd ld REQUIRED)
find_program(QKV_OBJCOPY objcopy REQUIRED)
find_program(QKV_NM nm REQUIRED)
find_program(QKV_ADDR2LINE addr2line REQUIRED)
find_program(QKV_OBJDUMP objdump REQUIRED)

# What all our own code is compiled with.
add_library(qkv_settings INTERFACE)
target_compile_options(qkv_settings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
target_compile_definitions(qkv_settings INTERFACE $<$<BOOL:${QKV_FLOAT}>:QKV_FLOAT>)
if(QKV_FLOAT)
  # Expected values stand in the tests as double literals; a lost bit is what the tolerance is for.
  target_compile_options(qkv_settings INTERFACE -Wno-float-conversion $<$<CXX_COMPILER_ID:Clang>:-Wno-implicit-float-conversion>)
endif()
target_include_directories(qkv_settings INTERFACE "${PROJECT_SOURCE_DIR}/common/include")
target_link_libraries(qkv_settings INTERFACE Eigen3::Eigen)

# Trusted programs can be sanitized; workers have limits that sanitizers do not bear.
add_library(qkv_trusted INTERFACE)
target_link_libraries(qkv_trusted INTERFACE qkv_settings)
if(QKV_SANITIZE)
  # A column of a matrix without rows is, in Eigen, an offset to a null pointer that nobody reads.
  target_compile_options(qkv_trusted INTERFACE
    -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all -g)
  target_link_options(qkv_trusted INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(qkv_trusted INTERFACE QKV_SANITIZE)
endif()
if(QKV_LEARNER_LINKER MATCHES "mold$")
  add_link_options(-fuse-ld=mold)
endif()
