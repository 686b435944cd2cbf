# The headers that most files include, parsed once: this halves the time of a clean build. The presets
# tsan and fuzz build without, so that every file still has to include what it uses.
option(ORCH_PRECOMPILE "Precompile the headers that most files include" OFF)

# The list has no header of ours: a change in it would build everything anew.
set(orch_precompiled <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstdlib> <deque>
  <exception> <filesystem> <functional> <limits> <map> <memory> <mutex> <optional> <set> <span>
  <sstream> <string> <string_view> <unordered_map> <utility> <variant> <vector>
  <boost/json/array.hpp> <boost/json/object.hpp> <boost/json/value.hpp> <fmt/format.h> <fmt/ranges.h>)

# orch_precompile(target [TESTS]): lets the target use them; those of the tests are these, GoogleTest
# and what else tests include.
function(orch_precompile target)
  if(NOT ORCH_PRECOMPILE)
    return()
  endif()
  set(precompiled orch_precompiled)
  if("TESTS" IN_LIST ARGN)
    set(precompiled orch_precompiled_tests)
  endif()
  # The compiler takes them only where the same macros are defined.
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:${precompiled},INTERFACE_COMPILE_DEFINITIONS>)
  target_precompile_headers(${target} REUSE_FROM ${precompiled})
  # With them gcc takes what its optimizer says of inlined library code (bug 105651) for ours; the
  # presets without them still heed these warnings.
  target_compile_options(${target} PRIVATE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endfunction()

function(orch_add_precompiled target)
  cmake_parse_arguments(ARG "" "" "HEADERS;USES" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/${target}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Only so that the precompiled headers belong to something.\n")
  add_library(${target} OBJECT ${source})
  target_link_libraries(${target} PUBLIC ${ARG_USES} PRIVATE orch_warnings)
  target_precompile_headers(${target} PRIVATE ${ARG_HEADERS})
endfunction()

if(ORCH_PRECOMPILE)
  orch_add_precompiled(orch_precompiled HEADERS ${orch_precompiled} USES Boost::json fmt::fmt)
  if(ORCH_TESTS)
    find_package(GTest REQUIRED)
    orch_add_precompiled(orch_precompiled_tests
      HEADERS ${orch_precompiled} <atomic> <fstream> <thread> <gmock/gmock.h> <gtest/gtest.h>
      USES Boost::json fmt::fmt GTest::gmock)
  endif()
endif()
