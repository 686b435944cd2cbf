// Identifiers: quoted for SQL, and the names that belong to orch.
#pragma once

#include <string>
#include <string_view>

namespace orch::sqlite {

/// `name` as an SQL identifier, whatever characters it has. Throws TaskFailed "Schema.Mismatch" for
/// a NUL character, which no name can hold.
std::string quote(std::string_view name);

/// Where the rows of `table` wait for their merge: "orch_stage__Album".
std::string staging_name(std::string_view table);

/// True for the tables of orch and of SQLite itself, which are neither copied nor overwritten.
bool reserved(std::string_view name);

/// Names of tables and columns are the same when they differ in ASCII case only.
bool same_name(std::string_view left, std::string_view right);

}  // namespace orch::sqlite
