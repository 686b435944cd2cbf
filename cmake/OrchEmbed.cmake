# orch_embed(target function files…): generates a source with the files' texts and adds it to the
# target. `function` is the qualified name of a function that returns them in the given order:
#   std::span<const orch::EmbeddedFile> ns::name();   (orchestrator/base/embedded.h)
function(orch_embed target function)
  string(REGEX MATCH "^(.*)::([a-z_]+)$" matched "${function}")
  set(namespace "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D "OUTPUT=${output}" -D "NAMESPACE=${namespace}" -D "NAME=${name}"
            -D "FILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
