// Brings a SQLite file to the newest schema: numbered SQL files, forward only.
#pragma once

#include <span>
#include <string>

#include "orchestrator/base/embedded.h"
#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

/// Applies the files of `migrations` that `db` lacks, all in one transaction with their rows in the
/// table `ledger` (version, name, checksum): no session sees a schema between two versions. `what`
/// names the file for people. Throws Error ORCH-0207 when the file was made by a newer orch or by
/// one whose migrations differ. Fault points: migrate.before_commit, migrate.after_commit.
void migrate(Database& db, std::span<const EmbeddedFile> migrations, const std::string& ledger,
             const std::string& what);

/// Throws Error ORCH-0207 unless `db` has exactly `migrations`: for those who only read.
void check_version(Database& db, std::span<const EmbeddedFile> migrations,
                   const std::string& ledger, const std::string& what);

}  // namespace orch::sqlite
