# docs/cli.md holds the help texts of this program: cmake -DORCH=… -P docs.cmake
set(kept "${CMAKE_CURRENT_LIST_DIR}/../../docs/cli.md")
execute_process(COMMAND "${ORCH}" man --markdown OUTPUT_VARIABLE found COMMAND_ERROR_IS_FATAL ANY)
file(READ "${kept}" expected)
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "docs/cli.md is not what `orch man --markdown` prints: run scripts/docs")
endif()
