# What `cmake --install` puts where, and the Debian package (cpack in the build folder).
include(GNUInstallDirs)

set(doc ${CMAKE_INSTALL_DATADIR}/doc/orch)
install(TARGETS orch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY workflows DESTINATION ${CMAKE_INSTALL_DATADIR}/orch FILES_MATCHING PATTERN "*.json")
install(DIRECTORY schema DESTINATION ${CMAKE_INSTALL_DATADIR}/orch FILES_MATCHING PATTERN "*.schema.json")
install(FILES README.md CHANGELOG.md DESTINATION ${doc})
install(FILES LICENSE DESTINATION ${doc} RENAME copyright)
install(DIRECTORY docs DESTINATION ${doc} FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(FILES cmake/package/orch.service cmake/package/orch.socket DESTINATION lib/systemd/system)
install(FILES cmake/package/sysusers.conf DESTINATION lib/sysusers.d RENAME orch.conf)
install(DIRECTORY examples/ledger DESTINATION ${doc}/examples
  FILES_MATCHING PATTERN "*.json" PATTERN "README.md" PATTERN "generator" EXCLUDE PATTERN "reports" EXCLUDE)

# The binary writes its own completion and manual, so that they cannot differ from it. It does so at
# the installation, which then needs no target but orch.
find_program(GZIP gzip REQUIRED)
set(made ${PROJECT_BINARY_DIR}/installed)
install(CODE "
  file(MAKE_DIRECTORY \"${made}\")
  foreach(document \"orch:completion;bash\" \"_orch:completion;zsh\" \"orch.fish:completion;fish\" \"orch.1:man\")
    string(REPLACE \":\" \";\" words \"\${document}\")
    list(POP_FRONT words file)
    execute_process(COMMAND \"$<TARGET_FILE:orch>\" \${words}
      OUTPUT_FILE \"${made}/\${file}\" COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  execute_process(COMMAND \"${GZIP}\" -n -9 -f \"${made}/orch.1\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${made}/orch DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/_orch DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${made}/orch.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${made}/orch.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

set(CPACK_PACKAGE_NAME orch)
set(CPACK_PACKAGE_CONTACT "The orch developers <orch@orch.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "orch runs state machines in Amazon States Language durably, and its
built-in workers replicate tables between databases: verified before anyone
reads them, published atomically, resumable after any failure.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/cmake/package/postinst;${PROJECT_SOURCE_DIR}/cmake/package/prerm;${PROJECT_SOURCE_DIR}/cmake/package/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "graphviz, postgresql, sqlite3")
include(CPack)
