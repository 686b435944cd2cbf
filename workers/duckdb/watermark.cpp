#include "workers/duckdb/watermark.h"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/db/duckdb.h"
#include "workers/data/select.h"
#include "workers/data/watermark.h"
#include "workers/rows/decimal.h"

namespace orch::duckdb {
namespace {

bool is_real(const data::Column& column) {
  return column.kind == data::Kind::float32 || column.kind == data::Kind::float64;
}

std::string bound(const data::Column& column, const std::string& text) {
  if (data::order_of(column.kind) != "number")
    return fmt::format("CAST({} AS {})", literal(text),
                       column.kind == data::Kind::date          ? "DATE"
                       : column.kind == data::Kind::time        ? "TIME"
                       : column.kind == data::Kind::timestamptz ? "TIMESTAMPTZ"
                                                                : "TIMESTAMP");
  if (rows::looks_decimal(text)) return text;
  throw data::not_comparable(column.name, fmt::format("the bound \"{}\" is no number", text),
                             "empty the target to load the table from the beginning");
}

std::string lower_bound(const data::Column& column, const data::WatermarkRange& range) {
  const auto after = bound(column, *range.after);
  if (range.overlap.seconds >= 0)
    return fmt::format("{} - INTERVAL {} SECOND", after, range.overlap.seconds);
  if (!range.overlap.number.empty()) return fmt::format("{} - {}", after, range.overlap.number);
  return after;
}

std::string example(Connection& connection, const Relation& relation,
                    const std::string& condition) {
  auto columns = relation.table.key;
  if (columns.empty() && !relation.table.columns.empty())
    columns.push_back(relation.table.columns.front().name);
  std::vector<std::string> names;
  for (const auto& column : columns)
    names.push_back(fmt::format("coalesce(CAST({} AS VARCHAR), 'NULL')", quote(column)));
  const auto found =
      connection.texts(fmt::format("SELECT {} FROM {}{} LIMIT 1", fmt::join(names, ", "),
                                   relation.from, data::where_clause(condition)));
  std::vector<std::string> values;
  if (!found.empty())
    for (std::size_t i = 0; i < columns.size(); ++i)
      values.push_back(fmt::format("{} = {}", columns[i], found.front()[i]));
  return fmt::format("{}", fmt::join(values, ", "));
}

std::int64_t whole(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range) {
  const auto& column = data::column_of(table, range.column);
  data::check_order(range, data::order_to_share(column));
  return data::range_condition(range, quote(column.name),
                               range.after ? lower_bound(column, range) : std::string(),
                               range.upto ? bound(column, *range.upto) : std::string());
}

data::WatermarkState look_at_watermark(Connection& connection, const Relation& relation,
                                       const data::WatermarkRange& range,
                                       const std::string& condition) {
  const auto& column = data::column_of(relation.table, range.column);
  const auto name = quote(column.name);
  data::WatermarkState state;
  state.order = data::order_to_share(column);
  // NaN is larger than all that may come.
  const auto odd = is_real(column) ? fmt::format("({0} IS NULL OR isnan({0}))", name)
                                   : fmt::format("{} IS NULL", name);
  const auto odd_rows = data::both(condition, odd);
  const auto counted = connection.texts(fmt::format(
      "SELECT CAST(count(*) - count({0}) AS VARCHAR), CAST(count({0}) AS VARCHAR) FROM {1}{2}",
      name, relation.from, data::where_clause(odd_rows)));
  state.nulls = whole(counted.front()[0]);
  state.not_comparable = whole(counted.front()[1]);
  if (state.nulls + state.not_comparable > 0)
    state.example =
        example(connection, relation,
                state.not_comparable > 0 ? data::both(odd_rows, name + " IS NOT NULL") : odd_rows);
  auto newer = range;
  newer.with_nulls = false;
  const auto largest = connection.texts(
      fmt::format("SELECT CAST(max({}) AS VARCHAR) FROM {}{}", name, relation.from,
                  data::where_clause(
                      data::both(data::both(condition, watermark_condition(relation.table, newer)),
                                 fmt::format("NOT ({})", odd)))));
  if (!largest.front().front().empty()) state.upto = largest.front().front();
  if (!state.upto) state.upto = range.after;
  return state;
}

}  // namespace orch::duckdb
