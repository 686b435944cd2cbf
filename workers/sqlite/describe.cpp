#include "workers/sqlite/describe.h"

#include <algorithm>
#include <map>
#include <utility>

#include "orchestrator/db/sqlite_authorizer.h"
#include "workers/data/expression.h"
#include "workers/sqlite/declared_type.h"
#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

/// The hidden column of pragma table_xinfo (sqlite.org/pragma.html#pragma_table_xinfo).
constexpr std::int64_t hidden_of_virtual_table = 1;

std::string rowid_name(const data::Table& table) {
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const auto hides = [&](const data::Column& column) { return same_name(column.name, name); };
    if (std::none_of(table.columns.begin(), table.columns.end(), hides)) return name;
  }
  return {};
}

void add_columns(Database& db, Described& described) {
  std::map<std::int64_t, std::string> key;  // by position in the primary key
  Statement info(db,
                 "SELECT name, type, \"notnull\", dflt_value, pk, hidden "
                 "FROM pragma_table_xinfo(?1, 'main') ORDER BY cid");
  info.bind(described.table.name.name);
  while (info.step()) {
    if (info.int64(5) == hidden_of_virtual_table) continue;
    std::string type(info.text(1));
    if (described.strict && same_name(type, "ANY")) type.clear();
    auto column = column_of(std::string(info.text(0)), std::move(type));
    column.nullable = info.int64(2) == 0;
    column.generated = info.int64(5) != 0;
    if (info.int64(4) > 0) key[info.int64(4)] = column.name;
    described.needed.push_back(!column.nullable && info.null(3) && !column.generated);
    described.table.columns.push_back(std::move(column));
  }
  for (auto& [position, name] : key) described.table.key.push_back(std::move(name));
}

/// The largest rowid: rows are rarely deleted, and counting would read the whole table.
std::optional<std::int64_t> estimate(Database& db, const Described& described) {
  if (described.rowid.empty()) return std::nullopt;
  Statement largest(
      db, "SELECT max(" + described.rowid + ") FROM main." + quote(described.table.name.name));
  return largest.step() ? largest.int64(0) : 0;
}

}  // namespace

std::optional<Described> describe_table(Database& db, const std::string& name) {
  Statement list(db,
                 "SELECT name, type, wr, strict FROM pragma_table_list(?1) WHERE schema = 'main'");
  list.bind(name);
  if (!list.step()) return std::nullopt;
  Described described;
  described.table.name.name = list.text(0);
  const auto type = list.text(1);
  const bool ordinary = type == "table";
  described.view = !ordinary;
  described.strict = list.int64(3) != 0;
  const bool without_rowid = list.int64(2) != 0;
  add_columns(db, described);
  if (ordinary && !without_rowid) described.rowid = rowid_name(described.table);
  described.table.estimated_rows = estimate(db, described);
  return described;
}

std::string collation_of(Database& db, const std::string& table, const std::string& column) {
  const char* collation = nullptr;
  const auto code =
      sqlite3_table_column_metadata(db.handle(), "main", table.c_str(), column.c_str(), nullptr,
                                    &collation, nullptr, nullptr, nullptr);
  return code == SQLITE_OK && collation ? collation : "";
}

data::Table describe_query(Database& db, const std::string& query) {
  const Authorizer reading(db, Authorizer::Permit::reading);
  // As a table it must be a SELECT; there, though, SQLite renames columns that come twice.
  const Statement as_table(db, "SELECT * FROM " + from_clause({{}, query}));
  const Statement select(db, query);
  data::Table table;
  for (int i = 0; i < select.columns(); ++i)
    table.columns.push_back(column_of(select.column_name(i), select.declared_type(i)));
  return table;
}

std::vector<data::Listed> list_relations(Database& db) {
  using Taken = data::Listed::Taken;
  std::vector<data::Listed> all;
  Statement list(db,
                 "SELECT name, type FROM pragma_table_list WHERE schema = 'main' ORDER BY name");
  while (list.step()) {
    if (reserved(list.text(0))) continue;
    const auto type = list.text(1);
    data::Listed one{{"", std::string(list.text(0))}, std::string(type)};
    if (type == "virtual") one.kind = "virtual table";
    if (type == "view") one.taken = Taken::with_views;
    if (type == "shadow") {
      one.taken = Taken::never;
      one.kind = "shadow table";
      one.reason = "it is where a virtual table keeps its data";
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string authors_sql(const std::string& sql, std::string what) {
  return data::enclosed(sql, data::SqlDialect::sqlite,
                        {"Source.QueryFailed", std::move(what),
                         "\"query\" is one SELECT, \"where\" one condition", "ORCH-0431"});
}

std::string from_clause(const data::Relation& relation) {
  if (!relation.query.empty()) return authors_sql(relation.query, "the query") + " AS query";
  return "main." + quote(relation.table.name);
}

std::string qualified(const data::Relation& relation, const std::string& column) {
  return (relation.query.empty() ? quote(relation.table.name) : "query") + "." + quote(column);
}

}  // namespace orch::sqlite
