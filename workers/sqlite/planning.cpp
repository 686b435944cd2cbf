#include "workers/sqlite/planning.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/sqlite/declared_type.h"
#include "workers/sqlite/names.h"
#include "workers/worker.h"

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

/// Collects what does not fit, to tell all of it at once.
class Mismatches {
 public:
  explicit Mismatches(const data::PlanRequest& request) : request_(request) {}

  void add(std::string what) { list_.push_back(std::move(what)); }

  void throw_if_any() const {
    if (list_.empty()) return;
    boost::json::array details;
    for (const auto& what : list_) details.emplace_back(what);
    throw workers::TaskFailed(
        "Schema.Mismatch",
        fmt::format("{} cannot be loaded into {}: {}", request_.source.name.display(),
                    request_.target.display(), fmt::join(list_, "; ")),
        "map, exclude or add the columns in the catalog, or change the target table", "ORCH-0435",
        {{"problems", std::move(details)}});
  }

 private:
  const data::PlanRequest& request_;
  std::vector<std::string> list_;
};

std::vector<std::string> names_of(const data::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

void check_target_name(const data::PlanRequest& request, Mismatches& mismatches) {
  const auto& name = request.target;
  if (!name.schema.empty() && !same_name(name.schema, "main"))
    mismatches.add(fmt::format("no schema \"{}\" (a SQLite file has main only)", name.schema));
  if (reserved(name.name)) mismatches.add(fmt::format("the name {} is reserved", name.name));
}

void check_distinct(const data::PlanRequest& request, Mismatches& mismatches) {
  const auto& names = request.target_columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (same_name(names[i], names[j]))
        mismatches.add(fmt::format("two source columns go to column \"{}\"", names[i]));
}

/// A column to create, with the declared type that the catalog, the SQLite source or its kind asks
/// for.
data::Column new_column(const data::PlanRequest& request, std::size_t i) {
  const auto& source = request.source.columns[i];
  const auto& wish = request.target_types[i];
  auto declared = request.source_engine == "sqlite" ? source.native.shown() : declared_for(source);
  if (!wish.empty()) declared = same_name(wish, "ANY") ? "" : wish;
  return column_of(request.target_columns[i], std::move(declared));
}

std::vector<data::Column> new_columns(const data::PlanRequest& request) {
  std::vector<data::Column> columns;
  for (std::size_t i = 0; i < request.source.columns.size(); ++i) {
    columns.push_back(new_column(request, i));
    columns.back().nullable = request.source.columns[i].nullable;
  }
  return columns;
}

/// The target's column for source column `i`; null, and a mismatch, when there is none to write.
const data::Column* find_target(const data::PlanRequest& request, const Described& existing,
                                std::size_t i, Mismatches& mismatches) {
  const auto& name = request.target_columns[i];
  const auto& columns = existing.table.columns;
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const data::Column& column) {
    return same_name(column.name, name);
  });
  if (found == columns.end()) {
    mismatches.add(fmt::format("the target has no column \"{}\"{}", name,
                               did_you_mean(name, names_of(existing.table))));
    return nullptr;
  }
  if (found->generated)
    mismatches.add(fmt::format("column \"{}\" of the target is generated", found->name));
  return &*found;
}

void check_fit(const data::PlanRequest& request, std::size_t i, const data::Column& target,
               Mismatches& mismatches) {
  const auto& source = request.source.columns[i];
  const bool by_value = request.source_engine != "postgresql";
  if (by_value || fits(source.kind, target.kind)) return;
  mismatches.add(fmt::format("{} {} does not fit into {} {}", source.name, source.native.shown(),
                             target.name, target.native.shown()));
}

void check_needed(const data::PlanRequest& request, const Described& existing,
                  Mismatches& mismatches) {
  for (std::size_t i = 0; i < existing.table.columns.size(); ++i) {
    const auto& name = existing.table.columns[i].name;
    const auto filled = [&](const std::string& column) { return same_name(column, name); };
    if (existing.needed[i] &&
        std::none_of(request.target_columns.begin(), request.target_columns.end(), filled))
      mismatches.add(
          fmt::format("nothing fills column \"{}\", which is NOT NULL without a default", name));
  }
}

std::vector<data::Column> existing_columns(const data::PlanRequest& request,
                                           const Described& existing, Mismatches& mismatches) {
  if (existing.view) mismatches.add("the target is a view or a virtual table");
  std::vector<data::Column> columns;
  for (std::size_t i = 0; i < request.source.columns.size(); ++i) {
    const auto* column = find_target(request, existing, i, mismatches);
    if (!column) continue;
    check_fit(request, i, *column, mismatches);
    columns.push_back(*column);
  }
  check_needed(request, existing, mismatches);
  return columns;
}

void check_key(const data::PlanRequest& request, Mismatches& mismatches) {
  if (request.strategy != data::Strategy::upsert) return;
  if (request.key_columns.empty())
    mismatches.add("upsert needs key columns, and the source has none");
  for (const auto& key : request.key_columns) {
    const auto same = [&](const std::string& column) { return same_name(column, key); };
    if (std::none_of(request.target_columns.begin(), request.target_columns.end(), same))
      mismatches.add(fmt::format("key column \"{}\" is not copied{}", key,
                                 did_you_mean(key, request.target_columns)));
  }
}

std::string fingerprint(const data::LoadPlan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& source = plan.request.source.columns[i];
    const auto& target = plan.columns[i];
    text += fmt::format("{}\n{}\n{}\n{}\n", source.name, source.native.shown(), target.name,
                        target.native.shown());
  }
  data::Digest digest;
  digest.add(text);
  return digest.hex();
}

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

std::string definitions(const data::LoadPlan& plan, Purpose purpose) {
  const bool constraints = purpose == Purpose::target;
  std::vector<std::string> lines;
  for (const auto& column : plan.columns) {
    auto line = quote(column.name);
    if (!column.native.empty()) line += " " + type_sql(column.native);
    // Where every column needs a type, ANY is the one that alters nothing.
    if (column.native.empty() && purpose == Purpose::strict_staging) line += " ANY";
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
  Mismatches mismatches(request);
  if (request.source.columns.empty()) mismatches.add("no column is left to copy");
  check_target_name(request, mismatches);
  check_distinct(request, mismatches);
  check_key(request, mismatches);
  data::LoadPlan plan;
  plan.request = request;
  plan.create = !existing;
  plan.columns = existing ? existing_columns(request, *existing, mismatches) : new_columns(request);
  mismatches.throw_if_any();
  plan.fingerprint = fingerprint(plan);
  return plan;
}

std::string create_target_sql(const data::LoadPlan& plan) {
  return fmt::format("CREATE TABLE IF NOT EXISTS main.{} ({})", quote(plan.request.target.name),
                     definitions(plan, Purpose::target));
}

std::string create_staging_sql(const data::LoadPlan& plan, bool strict) {
  return fmt::format("CREATE TABLE main.{} ({}){}", quote(staging_name(plan.request.target.name)),
                     definitions(plan, strict ? Purpose::strict_staging : Purpose::staging),
                     strict ? " STRICT" : "");
}

std::string column_list(const data::LoadPlan& plan) {
  std::vector<std::string> names;
  for (const auto& column : plan.columns) names.push_back(quote(column.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace orch::sqlite
