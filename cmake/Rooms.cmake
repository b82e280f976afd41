# The floor plan: one folder, one library. A header is included as "folder/file.hpp", and only targets that link the
# folder's library find it; so an include or a call upwards does not build (docs/architecture.md shows the ladder).

# Lets whoever links `target` include the headers of `folder`.
function(qkv_show_headers target scope folder)
  get_filename_component(name "${folder}" NAME)
  set(view "${PROJECT_BINARY_DIR}/include/${name}")
  if(NOT IS_SYMLINK "${view}/${name}")
    file(MAKE_DIRECTORY "${view}")
    file(CREATE_LINK "${folder}" "${view}/${name}" SYMBOLIC)
  endif()
  target_include_directories(${target} ${scope} "${view}")
endfunction()

# What is included from elsewhere, compiled once. Whether those headers are what they were, grader/build.sh looks at their
# content: package managers give them older times.
function(qkv_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  # CMake dates the list that it generates by itself, so Ninja would not see that it has changed; but it sees who wrote it.
  get_target_property(folder ${target} BINARY_DIR)
  set_source_files_properties("${folder}/CMakeFiles/${target}.dir/cmake_pch.hxx.cxx" PROPERTIES
    OBJECT_DEPENDS "${CMAKE_CURRENT_LIST_FILE}")
endfunction()

# An empty source, for the sake of its precompiled headers.
function(qkv_add_included target type)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/${target}.cpp" CONTENT "")
  add_library(${target} ${type} EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/${target}.cpp")
  target_link_libraries(${target} PRIVATE qkv_trusted nlohmann_json::nlohmann_json fmt::fmt Catch2::Catch2)
  qkv_precompile(${target} ${ARGN})
endfunction()

# What our own code includes (common/included.hpp). With Clang the code that its templates and inline functions become is
# generated once too, into the object of its source, and linked (docs/decisions/0015).
qkv_add_included(qkv_included STATIC "${PROJECT_SOURCE_DIR}/common/included.hpp")
qkv_show_headers(qkv_included PRIVATE "${PROJECT_SOURCE_DIR}/common/harness")
# Not with sanitizers: clang 14 then meets std::pair's two assignments under one name.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS AND NOT QKV_SANITIZE)
  target_compile_options(qkv_included PRIVATE "SHELL:-Xclang -fmodules-codegen" "SHELL:-Xclang -building-pch-with-obj")
  # What nobody calls goes, and what it would need with it; also from programs that export their functions.
  target_link_options(qkv_included INTERFACE -Wl,--gc-sections -Wl,--exclude-libs,libqkv_included.a)
endif()

# The same at -O1, for what is part of every grading, and for references, which answer thousands of calls of hidden tests.
# Each test is compiled for types of its own: inlining all that -O1 inlines would double the time it takes.
qkv_add_included(qkv_included_optimised OBJECT "${PROJECT_SOURCE_DIR}/common/include/qkv/matrix.hpp"
  "${PROJECT_SOURCE_DIR}/common/harness/catch2.hpp" <filesystem> <fmt/format.h> <fstream> <map> <nlohmann/json.hpp> <optional>
  <string> <variant> <vector>)
target_compile_options(qkv_included_optimised PRIVATE -O1)

# qkv_include_compiled(TARGET [OPTIMISED]): compiles a target with one of the two headers above.
function(qkv_include_compiled target)
  if("OPTIMISED" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM qkv_included_optimised)
    target_compile_options(${target} PRIVATE -O1
      $<$<CXX_COMPILER_ID:Clang>:SHELL:-mllvm -inline-threshold=30 -mllvm -inlinehint-threshold=30>)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM qkv_included)
  target_link_libraries(${target} PUBLIC $<LINK_ONLY:qkv_included>)
endfunction()

# qkv_add_room(TARGET FOLDER SOURCES file... LINKS lower libraries... [PRIVATE_LINKS libraries that only its sources use...])
function(qkv_add_room target folder)
  cmake_parse_arguments(room "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  list(TRANSFORM room_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/")
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${room_SOURCES})
  target_link_libraries(${target} PUBLIC ${room_LINKS} PRIVATE ${room_PRIVATE_LINKS})
  qkv_show_headers(${target} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
  # One translation unit a room: what it includes is read once. clang-tidy looks at each file alone.
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${QKV_TOGETHER} UNITY_BUILD_BATCH_SIZE 0)
  set_property(GLOBAL APPEND PROPERTY QKV_ROOMS ${target})
endfunction()
