# The exercises' tests without the grader: the learner's code in their own process. Needs Catch2, Eigen, fmt and a C++20
# compiler, on any system (docs/setup.md). What is built here, ./grade does not use.
message(STATUS "Tests alone: no walls around your code, no points, no names of mistakes, no JSON; ./grade has them (docs/setup.md)")

find_package(Catch2 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(fmt 9 REQUIRED)

file(GLOB folders "${PROJECT_SOURCE_DIR}/exercises/*/exercise.toml")
list(TRANSFORM folders REPLACE "/exercise.toml$" "")

set(common "${PROJECT_SOURCE_DIR}/common")
add_library(qkv_plain STATIC "${common}/harness/in_process.cpp" "${common}/record/compare.cpp"
  "${common}/record/plain_safetensors.cpp" "${common}/testing/changes.cpp" "${common}/testing/golden.cpp")
target_include_directories(qkv_plain PUBLIC "${common}" "${common}/include" ${folders})
set_target_properties(qkv_plain PROPERTIES UNITY_BUILD ON)
target_link_libraries(qkv_plain PUBLIC Eigen3::Eigen fmt::fmt Catch2::Catch2)
target_compile_definitions(qkv_plain PUBLIC QKV_IN_PROCESS $<$<BOOL:${WIN32}>:_USE_MATH_DEFINES>)
target_compile_options(qkv_plain PUBLIC
  "$<$<CXX_COMPILER_ID:MSVC>:/utf-8;/bigobj;/Zc:preprocessor>" "$<$<BOOL:${MINGW}>:-Wa,-mbig-obj>")

# Catch2 2 may be a header alone.
set(main Catch2::Catch2WithMain)
if(NOT TARGET ${main})
  file(CONFIGURE OUTPUT catch2_main.cpp CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
  add_library(qkv_main STATIC "${PROJECT_BINARY_DIR}/catch2_main.cpp")
  target_link_libraries(qkv_main PUBLIC Catch2::Catch2)
  set(main qkv_main)
endif()

# One program an exercise, one test a part. A test before them builds the program: what does not compile fails there, and
# holds up only the exercises that need it.
foreach(folder IN LISTS folders)
  get_filename_component(id "${folder}" NAME)
  qkv_read_manifest("${folder}")
  qkv_make_learners_file("${folder}" ${id})

  set(learners_file "${folder}/${id}.cpp")
  if(NOT EXISTS "${learners_file}")
    set(learners_file "${folder}/stub.cpp")
  endif()
  add_library(${id} STATIC "${learners_file}")
  # The interface first: Eigen's assertions throw only where it comes before Eigen.
  target_compile_options(${id} PRIVATE
    "$<IF:$<CXX_COMPILER_ID:MSVC>,SHELL:/W3 /FI \"${folder}/${id}.hpp\",SHELL:-Wall -Wextra -Wno-unused-parameter -include \"${folder}/${id}.hpp\">"
    # Looking for names that are spelt alike, clang would try Eigen on all of the C library's for a minute.
    $<$<CXX_COMPILER_ID:Clang,AppleClang>:-fno-spell-checking>)
  target_link_libraries(${id} PUBLIC ${needs} qkv_plain)

  set(QKV_GOLDEN "${folder}/golden")
  set(QKV_OUTPUT "${PROJECT_BINARY_DIR}/${id}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/paths.cpp.in" "${QKV_OUTPUT}/paths.cpp" @ONLY)
  add_executable(${id}_tests "${folder}/tests.cpp" "${QKV_OUTPUT}/paths.cpp")
  target_link_libraries(${id}_tests PRIVATE ${id} ${main})

  add_test(NAME ${id}/compiles
    COMMAND "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --config "$<CONFIG>" --target ${id}_tests)
  set_tests_properties(${id}/compiles PROPERTIES FIXTURES_SETUP ${id} RESOURCE_LOCK build)
  foreach(part IN LISTS parts)
    add_test(NAME ${id}/${part} COMMAND ${id}_tests "[${part}]")
    set_tests_properties(${id}/${part} PROPERTIES
      FIXTURES_REQUIRED ${id} TIMEOUT 60 FAIL_REGULAR_EXPRESSION "No tests? (cases matched|ran)")
  endforeach()
endforeach()
