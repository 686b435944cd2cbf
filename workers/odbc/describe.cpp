#include "workers/odbc/describe.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include "workers/odbc/types.h"

namespace orch::odbc {
namespace {

std::optional<std::int64_t> number_of(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

data::Listed listed(std::string schema, std::string name, std::string kind) {
  using Taken = data::Listed::Taken;
  const auto taken = kind.find("view") != kind.npos ? Taken::with_views : Taken::always;
  return {{std::move(schema), std::move(name)}, std::move(kind), taken};
}

/// By the driver: what it calls tables and views.
std::vector<data::Listed> listed_by_driver(Session& session) {
  std::vector<data::Listed> all;
  for (const auto& row : session.connection.tables()) {
    const auto kind = boost::to_lower_copy(row.at(3).value_or(""));
    if (kind == "table" || kind == "view" || kind == "base table")
      all.push_back(listed(row[1].value_or(""), row[2].value_or(""), kind));
  }
  std::ranges::sort(
      all, {}, [](const data::Listed& one) { return std::tie(one.name.schema, one.name.name); });
  return all;
}

void add_column(Session& session, data::Table& table, std::string name, const std::string& native,
                std::int64_t characters, bool nullable, bool generated) {
  data::Column column;
  column.name = std::move(name);
  column.native = boost::trim_copy(native);
  column.nullable = nullable;
  column.generated = generated;
  interpret(*session.dialect, column, characters);
  table.columns.push_back(std::move(column));
}

/// The name as the driver lists it, the case of its letters aside where no other fits.
std::optional<data::TableName> found_by_driver(Session& session, const data::TableName& name) {
  const auto all = listed_by_driver(session);
  for (const bool exact : {true, false})
    for (const auto& one : all) {
      const bool same =
          exact ? one.name.name == name.name : boost::iequals(one.name.name, name.name);
      if (same && (name.schema.empty() || one.name.schema == name.schema)) return one.name;
    }
  return std::nullopt;
}

std::optional<data::Table> described_by_driver(Session& session, const data::TableName& name) {
  const auto found = found_by_driver(session, name);
  if (!found) return std::nullopt;
  data::Table table;
  table.name = *found;
  auto& connection = session.connection;
  for (const auto& row : connection.columns(found->schema, found->name)) {
    if (row.size() < 11 || row[2] != found->name || row[1].value_or("") != found->schema) continue;
    ResultColumn column;
    column.type = static_cast<int>(number_of(row[4]).value_or(0));
    column.type_name = row[5].value_or("");
    column.size =
        static_cast<std::size_t>(std::max<std::int64_t>(number_of(row[6]).value_or(0), 0));
    column.digits = static_cast<int>(number_of(row[8]).value_or(0));
    add_column(session, table, row[3].value_or(""), native_of(*session.dialect, column),
               static_cast<std::int64_t>(column.size), row[10] != "0", false);
  }
  auto keys = connection.primary_keys(found->schema, found->name);
  std::ranges::sort(keys, {}, [](const auto& row) { return number_of(row.at(4)).value_or(0); });
  for (const auto& row : keys) table.key.push_back(row.at(3).value_or(""));
  return table;
}

}  // namespace

std::vector<data::Listed> list_relations(Session& session) {
  const auto& sql = session.dialect->catalog.relations;
  if (sql.empty()) return listed_by_driver(session);
  std::vector<data::Listed> all;
  for (const auto& row : session.connection.texts(filled(sql, session)))
    all.push_back(listed(row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")));
  return all;
}

std::vector<std::string> list_schemas(Session& session) {
  const auto& sql = session.dialect->catalog.schemas;
  std::vector<std::string> all;
  if (sql.empty()) return all;
  for (const auto& row : session.connection.texts(filled(sql, session)))
    all.push_back(row.at(0).value_or(""));
  return all;
}

std::optional<data::Table> describe_table(Session& session, const data::TableName& name) {
  const auto& catalog = session.dialect->catalog;
  if (catalog.relations.empty()) return described_by_driver(session, name);
  auto& connection = session.connection;
  const data::TableName whole{name.schema.empty() ? session.current : name.schema, name.name};
  const auto rows = connection.texts(filled(catalog.table, session, whole));
  if (rows.empty()) return std::nullopt;
  const data::TableName found{rows[0].at(0).value_or(""), rows[0].at(1).value_or("")};
  data::Table table;
  table.name = {name.schema.empty() ? "" : found.schema, found.name};
  table.estimated_rows = number_of(rows[0].at(2));
  for (const auto& row : connection.texts(filled(catalog.columns, session, found)))
    add_column(session, table, row.at(0).value_or(""), row.at(1).value_or(""),
               number_of(row.at(2)).value_or(0), row.at(3) == "YES", row.at(4) == "YES");
  for (const auto& row : connection.texts(filled(catalog.key, session, found)))
    table.key.push_back(row.at(0).value_or(""));
  return table;
}

data::Table describe_query(Session& session, const std::string& query) {
  data::Table table;
  for (const auto& found :
       session.connection.describe(fmt::format("SELECT * FROM {} source", query)))
    add_column(session, table, found.name, native_of(*session.dialect, found), 0, found.nullable,
               false);
  return table;
}

}  // namespace orch::odbc
