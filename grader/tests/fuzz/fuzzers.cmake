# Fuzzers: whatever bytes a reader is given, it reads them or refuses them. Only clang has libFuzzer.
set(QKV_FUZZ_SECONDS 3 CACHE STRING "How long each fuzzer runs as a test")

add_custom_target(fuzzers)

# qkv_add_fuzzer(NAME SOURCE...): the sources are compiled again, with the sanitizers.
function(qkv_add_fuzzer name)
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/")
  add_executable(${name}_fuzzer EXCLUDE_FROM_ALL "${here}/fuzz/${name}_fuzzer.cpp" ${ARGN})
  target_include_directories(${name}_fuzzer PRIVATE "${PROJECT_SOURCE_DIR}/grader/src" "${PROJECT_SOURCE_DIR}/common")
  target_link_libraries(${name}_fuzzer PRIVATE qkv_settings fmt::fmt nlohmann_json::nlohmann_json)
  target_compile_options(${name}_fuzzer PRIVATE
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(${name}_fuzzer PRIVATE -fsanitize=fuzzer,address,undefined)
  add_dependencies(fuzzers ${name}_fuzzer)
  # What it finds goes into the first folder, never into the repository.
  set(found "${CMAKE_CURRENT_BINARY_DIR}/fuzz/${name}")
  file(MAKE_DIRECTORY "${found}/corpus")
  # ./check does not build them.
  add_test(NAME fuzz_${name} COMMAND sh -c "test -x \"$0\" || exit 77; exec \"$0\" \"$@\"" $<TARGET_FILE:${name}_fuzzer>
    -max_total_time=${QKV_FUZZ_SECONDS} -max_len=4096 -rss_limit_mb=2048 -timeout=10 -verbosity=0
    "-artifact_prefix=${found}/" "${found}/corpus" "${here}/data/corpora/${name}")
  set_tests_properties(fuzz_${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  qkv_add_fuzzer(codec common/wire/flatten.cpp)
  qkv_add_fuzzer(manifest grader/src/model/catalog.cpp grader/src/model/manifest.cpp grader/src/model/mutants.cpp grader/src/quiz/quiz.cpp grader/src/base/text.cpp)
  # toml++ is the packaged library, as in the driver: its own assertions are not ours to test.
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
  target_compile_definitions(manifest_fuzzer PRIVATE TOML_HEADER_ONLY=${QKV_TOML_HEADER_ONLY})
  target_link_libraries(manifest_fuzzer PRIVATE PkgConfig::tomlplusplus)
  qkv_add_fuzzer(report common/record/case_report.cpp)
  qkv_add_fuzzer(safetensors common/record/safetensors.cpp common/record/recorded.cpp)
endif()
