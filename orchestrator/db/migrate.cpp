#include "orchestrator/db/migrate.h"

#include <charconv>
#include <xxhash.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"

namespace orch::sqlite {
namespace {

int version_of(const EmbeddedFile& file) {
  int version = 0;
  std::from_chars(file.name.data(), file.name.data() + file.name.size(), version);
  return version;
}

std::string checksum_of(const EmbeddedFile& file) {
  return fmt::format("{:016x}", XXH3_64bits(file.text.data(), file.text.size()));
}

// The version of the file's schema; 0 when it has none. Throws when `migrations` did not make it.
int present_version(Database& db, std::span<const EmbeddedFile> migrations,
                    const std::string& ledger, const std::string& what) {
  Statement exists(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  if (!exists.bind(ledger).step()) return 0;
  Statement applied(db,
                    fmt::format("SELECT version, name, checksum FROM {} ORDER BY version", ledger));
  int present = 0;
  while (applied.step()) {
    present = static_cast<int>(applied.int64(0));
    if (present > std::ssize(migrations))
      throw orch::Error("ORCH-0207",
                        fmt::format("{}: its schema is version {}, this orch knows {}", what,
                                    present, migrations.size()),
                        "use the newer orch that wrote it");
    if (present < 1 ||
        applied.text(2) != checksum_of(migrations[static_cast<std::size_t>(present) - 1]))
      throw orch::Error(
          "ORCH-0207",
          fmt::format("{}: migration {} is not the one this orch has", what, applied.text(1)),
          "the file was made by a build with other migrations; use that build");
  }
  return present;
}

void apply(Database& db, const EmbeddedFile& file, const std::string& ledger) {
  db.exec(std::string(file.text));
  Statement(db, fmt::format("INSERT INTO {} (version, name, checksum) VALUES (?, ?, ?)", ledger))
      .bind(version_of(file), file.name, checksum_of(file))
      .run();
}

}  // namespace

void migrate(Database& db, std::span<const EmbeddedFile> migrations, const std::string& ledger,
             const std::string& what) {
  if (present_version(db, migrations, ledger, what) == std::ssize(migrations)) return;
  Transaction transaction(db);
  db.exec(
      fmt::format("CREATE TABLE IF NOT EXISTS {} (version INTEGER PRIMARY KEY, name TEXT NOT "
                  "NULL, checksum TEXT NOT NULL) STRICT",
                  ledger));
  // Asked again: another process may have been faster.
  const auto present = present_version(db, migrations, ledger, what);
  for (const auto& file : migrations) {
    if (version_of(file) > present) apply(db, file, ledger);
  }
  fault::point("migrate.before_commit");
  transaction.commit();
  fault::point("migrate.after_commit");
}

void check_version(Database& db, std::span<const EmbeddedFile> migrations,
                   const std::string& ledger, const std::string& what) {
  const auto present = present_version(db, migrations, ledger, what);
  if (present == std::ssize(migrations)) return;
  throw orch::Error("ORCH-0207",
                    present == 0
                        ? fmt::format("{}: the file is something else, or was never finished", what)
                        : fmt::format("{}: its schema is version {}, this orch needs {}", what,
                                      present, migrations.size()),
                    "the next command that writes it brings an older file up to date");
}

}  // namespace orch::sqlite
