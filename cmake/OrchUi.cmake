# The web UI (orchestrator/ui/web) and the three packages of npm that it uses, embedded into the binary.
option(ORCH_UI "Build the web UI into the binary (needs npm)" ON)

# Puts the packages of orchestrator/ui/package-lock.json, whose digests npm checks, into `folder`. Sets
# `why` where that fails.
function(orch_install_ui_packages folder why)
  set(lock ${PROJECT_SOURCE_DIR}/orchestrator/ui/package-lock.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lock})
  file(SHA256 ${lock} wanted)
  set(present "")
  if(EXISTS ${folder}/present)
    file(READ ${folder}/present present)
  endif()
  if(present STREQUAL wanted)
    return()
  endif()
  find_program(NPM npm)
  if(NOT NPM)
    set(${why} "npm is missing: install nodejs and npm (apt-get install npm)" PARENT_SCOPE)
    return()
  endif()
  file(MAKE_DIRECTORY ${folder})
  file(COPY ${lock} ${PROJECT_SOURCE_DIR}/orchestrator/ui/package.json DESTINATION ${folder})
  message(STATUS "Fetching the packages of the web UI")
  execute_process(
    COMMAND ${NPM} ci --prefer-offline --ignore-scripts --no-audit --no-fund --fetch-retries=2 --fetch-timeout=30000
    WORKING_DIRECTORY ${folder} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    set(${why} "npm could not fetch its packages:\n${said}" PARENT_SCOPE)
    return()
  endif()
  file(WRITE ${folder}/present ${wanted})
endfunction()

# orch_embed_ui(target folder): the files of the folder, compressed, become the target's assets().
function(orch_embed_ui target folder)
  set(packages ${PROJECT_BINARY_DIR}/ui)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/assets.cpp)
  set(files "")
  set(why "ORCH_UI is off")
  if(ORCH_UI)
    set(why "")
    orch_install_ui_packages(${packages} why)
    if(why)
      message(WARNING "orch will be built WITHOUT its web UI.\n${why}\n"
        "Then configure again; or choose -DORCH_UI=OFF to build without it on purpose.")
    endif()
  endif()
  if(NOT why)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder}
      ${folder}/*.html ${folder}/*.js ${folder}/*.css ${folder}/*.svg)
  endif()
  find_program(GZIP gzip REQUIRED)
  list(TRANSFORM files PREPEND ${folder}/ OUTPUT_VARIABLE sources)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_ui.cmake)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D "OUTPUT=${output}" -D "FOLDER=${folder}" -D "FILES=${files}"
            -D "PACKAGES=${packages}/node_modules" -D "WORK=${CMAKE_CURRENT_BINARY_DIR}/files"
            -D "GZIP=${GZIP}" -P ${script}
    DEPENDS ${sources} ${script} ${PROJECT_SOURCE_DIR}/orchestrator/ui/package-lock.json
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
