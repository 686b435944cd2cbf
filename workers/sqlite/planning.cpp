#include "workers/sqlite/planning.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/publishing/planning.h"
#include "workers/sqlite/declared_type.h"
#include "workers/sqlite/dialect.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/sqlite.h"
#include "workers/sqlite/table_facts.h"

namespace orch::sqlite {
namespace {

using data::Kind;

bool one_of(Kind kind, std::initializer_list<Kind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// True when values of `from` can be values of `to` at all; the encoder looks at each of them.
bool fits(Kind from, Kind to) {
  if (from == to || one_of(to, {Kind::any, Kind::other})) return true;
  if (to == Kind::text) return from != Kind::bytes;
  switch (from) {
    case Kind::any:
    case Kind::other:
      return true;
    case Kind::boolean:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::numeric:
      return one_of(to, {Kind::boolean, Kind::int16, Kind::int32, Kind::int64, Kind::numeric,
                         Kind::float32, Kind::float64});
    case Kind::float32:
    case Kind::float64:
      return one_of(to, {Kind::float32, Kind::float64, Kind::numeric});
    case Kind::text:
      return one_of(
          to, {Kind::uuid, Kind::json, Kind::date, Kind::time, Kind::timestamp, Kind::timestamptz});
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamptz:
      return one_of(to, {Kind::date, Kind::time, Kind::timestamp, Kind::timestamptz});
    case Kind::uuid:
    case Kind::json:
    case Kind::bytes:
      break;
  }
  return false;
}

class Columns final : public publishing::ColumnPlanner {
 public:
  explicit Columns(const data::PlanRequest& request) : request_(request) {}

  /// With the declared type that the catalog, the SQLite source or its kind asks for.
  data::Column new_column(std::size_t i, data::LoadPlan&, publishing::PlanProblems&) override {
    const auto& source = request_.source.columns[i];
    const auto& wish = request_.target_types[i];
    const bool same_family = request_.source_traits.family == family_name;
    auto declared = same_family ? source.native.shown() : declared_for(source);
    if (!wish.empty()) declared = same_name(wish, "ANY") ? "" : wish;
    auto column = column_of(request_.target_columns[i], std::move(declared));
    column.nullable = source.nullable;
    return column;
  }

  void fit(std::size_t i, const data::Column& target, data::LoadPlan& plan,
           publishing::PlanProblems& problems) override {
    const auto& source = request_.source.columns[i];
    const bool by_value = plan.create || !request_.source_traits.typed;
    if (by_value || fits(source.kind, target.kind)) return;
    problems.mismatch(fmt::format("{} {} does not fit into {} {}", source.name,
                                  source.native.shown(), target.name, target.native.shown()));
  }

 private:
  const data::PlanRequest& request_;
};

constexpr std::array<std::string_view, 20> plain_words{
    "INT",     "INTEGER", "BIGINT", "SMALLINT", "REAL",      "DOUBLE",     "FLOAT",
    "TEXT",    "BLOB",    "CHAR",   "VARCHAR",  "NVARCHAR",  "NUMERIC",    "DECIMAL",
    "BOOLEAN", "DATE",    "TIME",   "DATETIME", "TIMESTAMP", "TIMESTAMPTZ"};

/// True for "(12)" and "(12, 2)".
bool are_arguments(std::string_view text) {
  const auto take = [&](auto accepts) {
    const auto end = std::find_if_not(text.begin(), text.end(), accepts);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count > 0;
  };
  const auto number = [&] {
    take([](char c) { return c == ' '; });
    return take([](char c) { return c >= '0' && c <= '9'; });
  };
  const auto next = [&](char c) { return text.starts_with(c) && (text.remove_prefix(1), true); };
  if (!next('(') || !number()) return false;
  if (next(',') && !number()) return false;
  return next(')') && text.empty();
}

/// A type as it stands in DDL: a well-known word with its numbers as it is, anything else quoted
/// (SQLite takes that for a name of a type too), for it comes from a catalog or another database.
std::string type_sql(const data::TypeText& declared) {
  const auto& type = declared.shown();
  const auto open = std::min(type.find('('), type.size());
  const auto is = [&](std::string_view word) {
    return same_name(std::string_view(type).substr(0, open), word);
  };
  const bool plain = std::any_of(plain_words.begin(), plain_words.end(), is) &&
                     (open == type.size() || are_arguments(std::string_view(type).substr(open)));
  return plain ? type : quote(type);
}

enum class Purpose : std::uint8_t { target, staging, strict_staging };

std::string definitions(const data::LoadPlan& plan, Purpose purpose,
                        const std::vector<std::string>& collations = {}) {
  const bool constraints = purpose == Purpose::target;
  std::vector<std::string> lines;
  for (const auto& column : plan.columns) {
    auto line = quote(column.name);
    if (!column.native.empty()) line += " " + type_sql(column.native);
    // Where every column needs a type, ANY is the one that alters nothing.
    if (column.native.empty() && purpose == Purpose::strict_staging) line += " ANY";
    if (const auto i = lines.size(); i < collations.size() && !collations[i].empty())
      line += " COLLATE " + quote(collations[i]);
    if (constraints && !column.nullable) line += " NOT NULL";
    lines.push_back(std::move(line));
  }
  if (constraints && !plan.request.key_columns.empty()) {
    std::vector<std::string> key;
    for (const auto& column : plan.request.key_columns) key.push_back(quote(column));
    lines.push_back(fmt::format("PRIMARY KEY ({})", fmt::join(key, ", ")));
  }
  return fmt::format("{}", fmt::join(lines, ", "));
}

}  // namespace

data::LoadPlan make_plan(const data::PlanRequest& request,
                         const std::optional<Described>& existing) {
  std::optional<publishing::PlannedTable> table;
  if (existing)
    table = publishing::PlannedTable{
        existing->table, state_of(*existing),
        existing->view ? "the target is a view or a virtual table" : "", existing->needed};
  Columns columns(request);
  auto plan = publishing::make_plan(dialect(), request, table, columns);
  plan.same_order = request.source_traits.order == order_name;
  return plan;
}

std::string create_target_sql(const data::LoadPlan& plan) {
  return fmt::format("CREATE TABLE IF NOT EXISTS main.{} ({})", quote(plan.request.target.name),
                     definitions(plan, Purpose::target));
}

std::string create_staging_sql(const data::LoadPlan& plan, bool strict,
                               const std::vector<std::string>& collations) {
  return fmt::format(
      "CREATE TABLE main.{} ({}){}", quote(staging_name(plan.request.target.name)),
      definitions(plan, strict ? Purpose::strict_staging : Purpose::staging, collations),
      strict ? " STRICT" : "");
}

}  // namespace orch::sqlite
