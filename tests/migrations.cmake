# Migrations whose numbers have a gap or a double are refused. Run by ctest: cmake -P migrations.cmake
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../cmake/OrchMigrations.cmake")

if(DEFINED NAMES)  # the call below
  orch_check_migrations(folder ${NAMES})
  return()
endif()

function(expect outcome names)
  execute_process(COMMAND ${CMAKE_COMMAND} -D "NAMES=${names}" -P "${CMAKE_CURRENT_LIST_FILE}"
    RESULT_VARIABLE code ERROR_VARIABLE told)
  string(REGEX REPLACE "[ \n]+" " " told "${told}")
  if((outcome STREQUAL "sound" AND NOT code EQUAL 0) OR
     (NOT outcome STREQUAL "sound" AND NOT told MATCHES "${outcome}"))
    message(FATAL_ERROR "${names}: expected ${outcome}, found ${code} ${told}")
  endif()
endfunction()

expect(sound "0001_a.sql;0002_b_c.sql")
set(ten "")
foreach(number RANGE 1 9)
  list(APPEND ten "000${number}_a.sql")
endforeach()
expect(sound "${ten};0010_a.sql")
expect("found the migration 0003_b.sql, expected 0002_NAME" "0001_a.sql;0003_b.sql")
expect("found the migration 0002_b.sql, expected 0003_NAME" "0001_a.sql;0002_a.sql;0002_b.sql")
expect("found the migration 2_b.sql, expected 0002_NAME" "0001_a.sql;2_b.sql")
expect("found no migrations" "")
