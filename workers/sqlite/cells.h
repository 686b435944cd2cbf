// The row encoding of a SQLite target: what is digested, and what travels to the writer.
//
//   row  = cell for each column
//   cell = 00                        NULL
//        | 01 int64                  INTEGER
//        | 02 float64                REAL
//        | 03 length:uint32 bytes    TEXT, as UTF-8
//        | 04 length:uint32 bytes    BLOB
//
// Numbers are in the byte order of the machine: encoded rows do not outlive a task, and digests
// compare only between reads of this product on little-endian machines, the only ones built for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

void append_null(std::string& out);
void append_integer(std::string& out, std::int64_t value);
void append_real(std::string& out, double value);
void append_text(std::string& out, std::string_view bytes);
void append_blob(std::string& out, std::string_view bytes);

/// Appends the current row of `row`, its first `columns` columns as they are stored.
void append_row(std::string& out, const Statement& row, int columns);

/// Binds the first row of `rows` to parameters 1…columns of `statement`, without copying, and
/// returns what is behind the row.
std::string_view bind_row(std::string_view rows, Statement& statement, int columns);

}  // namespace orch::sqlite
