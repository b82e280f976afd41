# One folder, one exercise: exercises/<id>/ with exercise.toml, and solutions/<id>/ where it is there.
# Everything of an exercise is built into <binary>/exercises/<id>/.

set(QKV_MAKE_SYMBOLS "${CMAKE_CURRENT_LIST_DIR}/symbols.cmake")
set(QKV_TOOLCHAIN "${CMAKE_CURRENT_LIST_DIR}/toolchain.json.in")

# The glue of a worker: serves the functions that remote.hpp lists.
function(qkv_add_glue target output id folder)
  add_library(${target} STATIC EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/common/worker/glue.cpp")
  target_link_libraries(${target} PRIVATE qkv_worker_headers)
  target_include_directories(${target} PRIVATE "${folder}" ${QKV_INTERFACES})
  target_compile_definitions(${target} PRIVATE QKV_INTERFACE="${id}.hpp" ${ARGN})
  # As the serving loop, whose precompiled header it shares.
  target_compile_options(${target} PRIVATE -fPIE -O2)
  target_precompile_headers(${target} REUSE_FROM qkv_worker)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${output} ARCHIVE_OUTPUT_DIRECTORY "${QKV_OUTPUT}" CXX_CLANG_TIDY "")
endfunction()

function(qkv_add_tests target output sources)
  add_executable(${target} EXCLUDE_FROM_ALL ${sources} "${QKV_OUTPUT}/paths.cpp")
  target_link_libraries(${target} PRIVATE qkv_testing qkv_listener Catch2::Catch2WithMain)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} RUNTIME_OUTPUT_DIRECTORY "${QKV_OUTPUT}")
  qkv_include_compiled(${target} OPTIMISED)  # they run at every grading
endfunction()

# A target that sees what a learner's file sees.
function(qkv_as_learners_file target folder)
  target_link_libraries(${target} PRIVATE Eigen3::Eigen)
  target_compile_definitions(${target} PRIVATE $<$<BOOL:${QKV_FLOAT}>:QKV_FLOAT>)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/common/include" "${folder}" ${QKV_INTERFACES})
  set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "")
endfunction()

# One CTest test a part, attention/softmax_rows, so that an editor's test explorer shows and runs them.
# They grade the learner's file: unwritten parts fail, so ./check leaves the label out.
function(qkv_add_part_tests id folder)
  qkv_read_manifest("${folder}")
  foreach(part IN LISTS parts)
    set(test ${id}/${part})
    add_test(NAME ${test} COMMAND grader --root "${PROJECT_SOURCE_DIR}"
      --toolchain "${PROJECT_BINARY_DIR}/toolchain.json" run --part ${test})
    # One at a time: each may build what its exercise needs.
    set_tests_properties(${test} PROPERTIES LABELS exercises RESOURCE_LOCK build WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  endforeach()
endfunction()

function(qkv_add_exercise prefix folder solution)
  get_filename_component(id "${folder}" NAME)
  set(name ${prefix}${id})
  qkv_read_manifest("${folder}")
  set(QKV_OUTPUT "${QKV_EXERCISES_BINARY_DIR}/${id}")
  set(QKV_GOLDEN "${folder}/golden")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/paths.cpp.in" "${QKV_OUTPUT}/paths.cpp" @ONLY)

  qkv_add_tests(${name}_tests tests "${folder}/tests.cpp")
  target_include_directories(${name}_tests PRIVATE "${folder}" ${QKV_INTERFACES})
  qkv_add_glue(${name}_glue glue ${id} "${folder}")
  qkv_add_glue(${name}_probe_glue probe_glue ${id} "${folder}" QKV_PROBE)
  add_custom_command(
    OUTPUT "${QKV_OUTPUT}/symbols"
    COMMAND "${CMAKE_COMMAND}" "-DNM=${QKV_NM}" "-DLIBRARY=$<TARGET_FILE:${name}_glue>"
            "-DOUTPUT=${QKV_OUTPUT}/symbols" -P "${QKV_MAKE_SYMBOLS}"
    DEPENDS ${name}_glue "${QKV_MAKE_SYMBOLS}"
    COMMENT "Listing the graded functions of ${id}"
    VERBATIM)
  # What one grading needs; the driver asks for these by name. Of an exercise that another one needs,
  # the symbols are enough: its file is compiled too, its tests are not run.
  add_custom_target(${name}_symbols DEPENDS "${QKV_OUTPUT}/symbols")
  add_custom_target(${name}_kit)
  add_dependencies(${name}_kit ${name}_symbols ${name}_tests ${name}_glue qkv_warm qkv_worker confine enclose)
  if(EXISTS "${folder}/scenes.cpp")
    qkv_add_tests(${name}_scenes scenes "${folder}/scenes.cpp")
    target_include_directories(${name}_scenes PRIVATE "${folder}" ${QKV_INTERFACES})
    set_property(GLOBAL APPEND PROPERTY QKV_${tally}_KITS ${name}_scenes)
    add_custom_target(${name}_scenes_kit)
    add_dependencies(${name}_scenes_kit ${name}_kit ${name}_scenes)
    file(TOUCH "${QKV_OUTPUT}/with_scenes")  # the driver looks whether CMake has seen them
  endif()
  add_custom_target(${name}_hidden_kit)
  add_dependencies(${name}_hidden_kit ${name}_kit)
  add_custom_target(${name}_instructor_kit)
  set_property(GLOBAL APPEND PROPERTY QKV_${tally}_KITS ${name}_instructor_kit)
  add_dependencies(${name}_instructor_kit ${name}_hidden_kit ${name}_probe_glue)
  if(EXISTS "${solution}/hidden_tests.cpp")
    qkv_add_tests(${name}_hidden_tests hidden_tests "${solution}/hidden_tests.cpp")
    target_include_directories(${name}_hidden_tests PRIVATE "${folder}" "${solution}" ${QKV_INTERFACES})
    target_link_libraries(${name}_hidden_tests PRIVATE ${name}_reference)
    add_dependencies(${name}_hidden_kit ${name}_hidden_tests)
    file(TOUCH "${QKV_OUTPUT}/with_hidden_tests")  # likewise
  endif()
  # For ./grade debug: the tests with the functions in-process. The stub stands in for the learner's file,
  # which the driver preloads as a shared library.
  add_library(${name}_debug_stub SHARED EXCLUDE_FROM_ALL "${folder}/stub.cpp")
  qkv_as_learners_file(${name}_debug_stub "${folder}")
  set_target_properties(${name}_debug_stub PROPERTIES OUTPUT_NAME debug_stub LIBRARY_OUTPUT_DIRECTORY "${QKV_OUTPUT}")
  add_executable(${name}_debug EXCLUDE_FROM_ALL "${folder}/tests.cpp" "${QKV_OUTPUT}/paths.cpp")
  target_link_libraries(${name}_debug PRIVATE qkv_in_process ${name}_debug_stub Catch2::Catch2WithMain)
  target_include_directories(${name}_debug PRIVATE "${folder}" ${QKV_INTERFACES})
  set_target_properties(${name}_debug PROPERTIES
    OUTPUT_NAME debug_tests RUNTIME_OUTPUT_DIRECTORY "${QKV_OUTPUT}" ENABLE_EXPORTS ON CXX_CLANG_TIDY "")
  # Never built: it tells editors how the learner's file is compiled.
  qkv_make_learners_file("${folder}" ${id})
  set(learners_file "${folder}/${id}.cpp")
  if(NOT EXISTS "${learners_file}")
    set(learners_file "${folder}/stub.cpp")
  endif()
  add_library(${name}_stub OBJECT EXCLUDE_FROM_ALL "${learners_file}")
  qkv_as_learners_file(${name}_stub "${folder}")
  target_compile_options(${name}_stub PRIVATE -Wall -Wextra -Wno-unused-parameter -include "${folder}/${id}.hpp")
endfunction()

# Finds every exercise below `root`. A prefix keeps the targets of a second root apart.
function(qkv_add_exercises root binary)
  set(prefix "${ARGN}")
  set(QKV_EXERCISES_BINARY_DIR "${binary}/exercises")
  configure_file("${QKV_TOOLCHAIN}" "${binary}/toolchain.json" @ONLY)
  file(GLOB manifests "${root}/exercises/*/exercise.toml")
  list(TRANSFORM manifests REPLACE "/exercise.toml$" "" OUTPUT_VARIABLE folders)
  # An exercise may use the functions of others; which ones, its manifest says and the driver checks.
  set(QKV_INTERFACES ${folders})
  # The references that hidden tests compare with; each brings those of the exercises that its own needs.
  foreach(folder IN LISTS folders)
    get_filename_component(id "${folder}" NAME)
    if(NOT EXISTS "${root}/solutions/${id}/${id}.cpp")
      continue()
    endif()
    set(name ${prefix}${id}_reference)
    add_library(${name} STATIC EXCLUDE_FROM_ALL "${root}/solutions/${id}/${id}.cpp")
    target_link_libraries(${name} PRIVATE qkv_trusted)
    target_include_directories(${name} PRIVATE ${QKV_INTERFACES})
    qkv_include_compiled(${name} OPTIMISED)
    qkv_read_manifest("${folder}")
    foreach(need IN LISTS needs)
      if(EXISTS "${root}/solutions/${need}/${need}.cpp")
        target_link_libraries(${name} PUBLIC ${prefix}${need}_reference)
      endif()
    endforeach()
  endforeach()
  foreach(folder IN LISTS folders)
    get_filename_component(id "${folder}" NAME)
    qkv_add_exercise("${prefix}" "${folder}" "${root}/solutions/${id}")
    if(prefix STREQUAL "")
      qkv_add_part_tests(${id} "${folder}")
    endif()
    list(APPEND ids ${id})
  endforeach()
  set(QKV_SHIPPED ${ids} PARENT_SCOPE)
endfunction()
