#include "workers/postgres/bookkeeping.h"

#include <fmt/format.h>

#include "orchestrator/base/embedded.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "workers/postgres/session.h"

namespace orch::postgres {

std::span<const EmbeddedFile> target_migrations();  // generated

namespace {

// One session at a time creates the schema; the number is "orch" in ASCII.
constexpr const char* migration_lock = "SELECT pg_advisory_xact_lock(1869771624)";

std::string text_of(std::int64_t number) { return std::to_string(number); }

}  // namespace

bool has_bookkeeping(pg::Connection& connection) {
  return !connection.exec("SELECT to_regclass('orch.migration')").null(0, 0);
}

void prepare_bookkeeping(pg::Connection& connection, const std::string& display) {
  const auto migrations = target_migrations();
  const auto present = [&] {
    if (!has_bookkeeping(connection)) return std::int64_t{0};
    return connection.exec("SELECT coalesce(max(version), 0) FROM orch.migration").int64(0, 0);
  };
  const auto known = static_cast<std::int64_t>(migrations.size());
  const auto version = present();
  if (version > known)
    throw orch::Error("ORCH-0207",
                      fmt::format("{}: the schema orch is version {}, this orch knows {}", display,
                                  version, known),
                      "use the newer orch that made it");
  if (version == known) return;
  pg::Transaction transaction(connection);
  connection.exec(migration_lock);
  for (const auto* schema : {"orch", "orch_stage"}) ensure_schema(connection, schema);
  connection.exec(
      "CREATE TABLE IF NOT EXISTS orch.migration (version bigint PRIMARY KEY, name text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  for (auto next = present(); next < known; ++next) {
    const auto& file = migrations[static_cast<std::size_t>(next)];
    connection.exec(std::string(file.text));
    connection.exec("INSERT INTO orch.migration (version, name) VALUES ($1, $2)",
                    {text_of(next + 1), std::string(file.name)});
  }
  fault::point("target.migrate.before_commit");
  transaction.commit();
  fault::point("target.migrate.after_commit");
}

}  // namespace orch::postgres
