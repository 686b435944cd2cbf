# Installs BUILD, of which only the target orch need have been built, into PREFIX.
file(REMOVE_RECURSE "${PREFIX}" "${BUILD}/installed")
execute_process(COMMAND ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${PREFIX}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
foreach(file
    bin/orch
    share/orch/workflows/replicate.json
    share/orch/schema/catalog.schema.json
    share/doc/orch/README.md
    share/doc/orch/copyright
    share/doc/orch/docs/operations.md
    lib/systemd/system/orch.service
    lib/systemd/system/orch.socket
    lib/sysusers.d/orch.conf
    share/doc/orch/examples/ledger/catalog.json
    share/bash-completion/completions/orch
    share/zsh/vendor-completions/_orch
    share/fish/vendor_completions.d/orch.fish
    share/man/man1/orch.1.gz)
  if(NOT EXISTS "${PREFIX}/${file}")
    message(FATAL_ERROR "${file} is not installed")
  endif()
  file(SIZE "${PREFIX}/${file}" bytes)
  if(bytes EQUAL 0)
    message(FATAL_ERROR "${file} is empty")
  endif()
endforeach()
execute_process(COMMAND "${PREFIX}/bin/orch" validate "${PREFIX}/share/orch/workflows/replicate.json"
  OUTPUT_QUIET ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE "${PREFIX}")
