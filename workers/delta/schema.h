// The columns of a Delta table, and how DuckDB reads its files.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "workers/delta/log.h"

namespace orch::delta {

struct Field {
  std::string name;
  std::string type;  ///< as DuckDB spells it
  bool nullable = true;
  friend bool operator==(const Field&, const Field&) = default;
};

/// The type of Delta for one of DuckDB; empty: it has none.
std::string type_of(const std::string& duckdb_type);

/// "schemaString" of a metaData.
std::string schema_text(const std::vector<Field>& fields);
/// Reads it. Throws LogError for types that are not read (structs, lists, maps).
std::vector<Field> fields_in(const std::string& schema_text);
std::vector<Field> fields_of(const Snapshot& snapshot);
std::vector<std::string> partition_columns(const Snapshot& snapshot);

/// A SELECT of all rows of `files`, with the columns `fields` in their order. `file_names`: and a
/// column `filename`. Empty `files`: of no rows.
std::string select_rows(const std::filesystem::path& table, const std::vector<Field>& fields,
                        const std::vector<AddedFile>& files, bool file_names = false);

std::vector<AddedFile> files_of(const Snapshot& snapshot);

}  // namespace orch::delta
