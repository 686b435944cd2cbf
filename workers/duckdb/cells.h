// The row encoding of DuckDB and Parquet targets: what is digested, and what travels to the writer.
//
//   row  = cell for each column
//   cell = 00                            NULL
//        | 01 value                      as it lies in DuckDB's memory, of the column's size
//        | 01 length:uint32 bytes        of texts and blobs
//
// Numbers are in the byte order of the machine: encoded rows do not outlive a task.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/db/duckdb.h"
#include "orchestrator/db/duckdb_appender.h"
#include "workers/data/digest.h"
#include "workers/data/table.h"

namespace orch::duckdb {

void append_null(std::string& out);
/// The bytes of a value of a fixed size.
void append_fixed(std::string& out, std::string_view bytes);
void append_bytes(std::string& out, std::string_view bytes);

/// The digest of all rows. Throws Error, workers::Cancelled.
data::Digest digest_of(Rows& rows, const std::function<bool()>& stop);

/// The sizes of a row's cells, to take rows apart.
class RowLayout {
 public:
  explicit RowLayout(const std::vector<data::Column>& columns);
  /// Adds the first of `rows` and returns what is behind it.
  std::string_view add(std::string_view rows, Appender& to) const;

 private:
  std::vector<std::size_t> bytes_;  ///< 0: a length and as many
};

}  // namespace orch::duckdb
