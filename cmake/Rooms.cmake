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
