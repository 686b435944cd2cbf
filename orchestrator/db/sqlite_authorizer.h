// What SQL that others wrote may do on a connection (sqlite.org/c3ref/set_authorizer.html).
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

/// While one lives, the statements prepared on its Database are held to `permit`; a statement that
/// wants more is an Error with primary() SQLITE_AUTH. Prepare and step the statement while it
/// lives: SQLite prepares it once more where the schema has changed.
class Authorizer {
 public:
  enum class Permit : std::uint8_t {
    reading,     ///< SELECT alone
    statements,  ///< also changes of rows and of the schema; no other files, settings, transactions
  };
  Authorizer(Database& db, Permit permit);
  ~Authorizer();
  Authorizer(const Authorizer&) = delete;
  Authorizer& operator=(const Authorizer&) = delete;

  /// What was refused last, for a message: "PRAGMA journal_mode", "ATTACH"; empty: nothing.
  const std::string& refused() const noexcept { return refused_; }

 private:
  static int ask(void* self, int action, const char* one, const char* two, const char* database,
                 const char* trigger) noexcept;
  bool permits(int action, const char* one, const char* two) noexcept;

  sqlite3* db_;
  Permit permit_;
  std::string refused_;
};

}  // namespace orch::sqlite
