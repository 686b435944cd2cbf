# How a module of orch is declared.

# A clean build of all files takes a third of the time; a change of one takes three times as long. Names
# without linkage must differ within a module. That each file compiles alone, the preset `headers` finds out.
option(ORCH_UNITY "Compile the files of a module eight at a time" OFF)

add_library(orch_warnings INTERFACE)
if(ORCH_UNITY)
  # What one file says of another is no finding: each is compiled alone with all warnings, too.
  target_compile_options(orch_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
else()
  target_compile_options(orch_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
endif()

# orch_module(name SOURCES … USES …): the static library orch::name of the current folder. It may
# include only itself and what it USES (tests/layers.cmake checks the includes). Its headers must
# compile alone (target all_verify_interface_header_sets).
function(orch_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  add_library(orch_${name} STATIC ${ARG_SOURCES})
  add_library(orch::${name} ALIAS orch_${name})
  target_sources(orch_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  target_link_libraries(orch_${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_PRIVATE_USES} orch_warnings)
  orch_precompile(orch_${name})
  set_target_properties(orch_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON
    UNITY_BUILD ${ORCH_UNITY} UNITY_BUILD_BATCH_SIZE 8
    UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
endfunction()
