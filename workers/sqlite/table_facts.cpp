#include "workers/sqlite/table_facts.h"

#include <algorithm>
#include <utility>

#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

/// The one column that is another name of the rowid, and so never NULL.
bool is_rowid(const Described& table, const data::Column& column) {
  return !table.rowid.empty() && table.table.key.size() == 1 &&
         same_name(table.table.key[0], column.name) && same_name(column.native.shown(), "INTEGER");
}

bool is_nullable(const data::Table& table, const std::vector<std::string>& columns) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const data::Column& column) {
    return column.nullable && std::any_of(columns.begin(), columns.end(), [&](const auto& name) {
             return same_name(name, column.name);
           });
  });
}

/// Columns of a unique index that speaks of all rows; empty for one with expressions.
std::vector<std::string> columns_of(Database& db, std::string_view index) {
  std::vector<std::string> columns;
  Statement info(db, "SELECT name FROM pragma_index_info(?1, 'main') ORDER BY seqno");
  info.bind(index);
  while (info.step()) {
    if (info.null(0)) return {};
    columns.emplace_back(info.text(0));
  }
  return columns;
}

}  // namespace

std::string state_of(const Described& table) {
  const auto* kind = table.view ? "view" : table.strict ? "strict table" : "table";
  return publishing::state_of(table.table, kind);
}

publishing::TableFacts table_facts(Database& db, Described table) {
  publishing::TableFacts facts;
  facts.state = state_of(table);
  for (auto& column : table.table.columns)
    if (is_rowid(table, column)) column.nullable = false;
  const auto& name = table.table.name.name;
  facts.rows = "main." + quote(name);
  facts.row_id = table.rowid;
  if (const auto& key = table.table.key; !key.empty())
    facts.unique.push_back({"PRIMARY KEY", key, is_nullable(table.table, key)});
  Statement indexes(db,
                    "SELECT name, \"unique\" AND NOT partial FROM pragma_index_list(?1, 'main') "
                    "WHERE origin <> 'pk' ORDER BY seq");
  indexes.bind(name);
  while (indexes.step()) {
    facts.indexed = true;
    if (indexes.int64(1) == 0) continue;
    const std::string index(indexes.text(0));
    if (auto columns = columns_of(db, index); !columns.empty())
      facts.unique.push_back({index, columns, is_nullable(table.table, columns)});
  }
  Statement triggers(db,
                     "SELECT name FROM sqlite_schema WHERE type = 'trigger' "
                     "AND tbl_name = ?1 COLLATE NOCASE ORDER BY name");
  triggers.bind(name);
  while (triggers.step()) facts.rewriters.push_back("trigger " + std::string(triggers.text(0)));
  facts.table = std::move(table.table);
  return facts;
}

}  // namespace orch::sqlite
