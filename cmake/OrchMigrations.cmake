# orch_embed_migrations(target function folder): embeds the migrations of the folder, NNNN_name.sql, in
# their order. There is no list in which one could be forgotten.
function(orch_embed_migrations target function folder)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  orch_check_migrations("${folder}" ${files})
  orch_embed(${target} ${function} ${files})
endfunction()

# orch_check_migrations(folder files…): an error when the numbers of the sorted files are not 0001, 0002, …
# without gaps, or one comes twice, as when two branches have each added the next one.
function(orch_check_migrations folder)
  set(number 0)
  foreach(file IN LISTS ARGN)
    math(EXPR number "${number} + 1")
    cmake_path(GET file FILENAME name)
    string(LENGTH "${number}" digits)
    string(SUBSTRING "0000" ${digits} -1 zeros)
    if(NOT name MATCHES "^${zeros}${number}_[a-z_]+\\.sql$")
      message(FATAL_ERROR "${folder}: found the migration ${name}, expected ${zeros}${number}_NAME.sql: they are "
        "numbered without gaps or doubles")
    endif()
  endforeach()
  if(number EQUAL 0)
    message(FATAL_ERROR "${folder}: found no migrations, expected 0001_NAME.sql")
  endif()
endfunction()
