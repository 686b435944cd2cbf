// SQLite files for tests: made from SQL, read as text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"

namespace orch::test {

/// Runs `sql` on `file`, which is created when missing. Foreign keys are not enforced.
inline void run_sql(const std::filesystem::path& file, const std::string& sql) {
  sqlite::Database db(file);
  db.exec("PRAGMA foreign_keys=OFF");
  db.exec(sql);
}

/// All rows of `select`, each cell as typeof:quote(), so that nothing but the same value of the
/// same storage class is equal.
inline std::vector<std::string> rows_of(const std::filesystem::path& file,
                                        const std::string& select) {
  sqlite::Database db(file, sqlite::Access::read_only);
  sqlite::Statement rows(db, select);
  std::vector<std::string> out;
  while (rows.step()) {
    std::string row;
    for (int i = 0; i < rows.columns(); ++i) {
      const auto storage = rows.storage(i);
      row += static_cast<char>('0' + static_cast<int>(storage));
      row += ':';
      if (storage == sqlite::Storage::blob)
        row += rows.blob(i);
      else if (storage == sqlite::Storage::real)
        row += std::to_string(rows.real(i)) + "/" + std::string(rows.text(i));
      else if (storage != sqlite::Storage::null)
        row += rows.text(i);
      row += '|';
    }
    out.push_back(std::move(row));
  }
  return out;
}

inline std::int64_t count_of(const std::filesystem::path& file, const std::string& from) {
  sqlite::Database db(file, sqlite::Access::read_only);
  sqlite::Statement rows(db, "SELECT count(*) FROM " + from);
  rows.step();
  return rows.int64(0);
}

}  // namespace orch::test
