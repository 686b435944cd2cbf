#include "workers/sqlite/foreign_keys.h"

#include <vector>

#include <fmt/format.h>

#include "workers/worker.h"

namespace orch::sqlite {
namespace {

/// Tables with a foreign key to `table`, other than itself.
std::vector<std::string> referring_tables(Database& db, const std::string& table) {
  std::vector<std::string> names;
  Statement find(db,
                 "SELECT DISTINCT s.name FROM sqlite_schema s, "
                 "pragma_foreign_key_list(s.name) k WHERE s.type = 'table' "
                 "AND k.\"table\" = ?1 COLLATE NOCASE AND s.name <> ?1 COLLATE NOCASE");
  find.bind(table);
  while (find.step()) names.emplace_back(find.text(0));
  return names;
}

void check_table(Database& db, const std::string& child, const std::string& published) {
  Statement check(db,
                  "SELECT count(*), min(\"rowid\"), \"parent\" "
                  "FROM pragma_foreign_key_check(?1) GROUP BY \"parent\"");
  check.bind(child);
  if (!check.step()) return;
  const std::string parent(check.text(2));
  auto row = check.null(1) ? std::string{} : fmt::format(", the first is row {}", check.int64(1));
  throw workers::TaskFailed(
      "Merge.ForeignKey",
      fmt::format("publishing {} would leave {} rows of {} without their row in {}{}", published,
                  check.int64(0), child, parent, row),
      "publish the tables that others refer to first, or load both from one state of the source; "
      "a retry succeeds when the other table has arrived",
      "ORCH-0504", {{"child", child}, {"parent", parent}, {"rows", check.int64(0)}});
}

}  // namespace

void check_foreign_keys(Database& db, const std::string& table, bool referring) {
  check_table(db, table, table);
  if (!referring) return;
  for (const auto& child : referring_tables(db, table)) check_table(db, child, table);
}

}  // namespace orch::sqlite
