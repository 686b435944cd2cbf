#include "workers/postgres/watermark.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/watermark.h"

namespace orch::postgres {
namespace {

using data::Kind;

const data::Column& column_of(const data::Table& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const data::Column& column) { return column.name == name; });
  if (found != table.columns.end()) return *found;
  throw workers::TaskFailed("Source.ColumnMissing",
                            fmt::format("no column \"{}\" for the watermark", name), "",
                            "ORCH-0445");
}

std::string order_in(const data::Column& column) {
  // Of the others the server knows whether they have an order.
  auto order = column.kind == Kind::other ? column.native.shown() : data::order_of(column.kind);
  if (order.empty())
    throw data::not_comparable(
        column.name, fmt::format("values of type {} have no order", column.native.shown()),
        "choose a column of numbers or points in time");
  return order;
}

/// Values that compare, but are larger or smaller than all that may come.
std::string endless(Kind kind, int server_version) {
  switch (kind) {
    case Kind::float32:
    case Kind::float64:
      return "'NaN', 'Infinity', '-Infinity'";
    case Kind::numeric:
      return server_version < 140'000 ? "'NaN'" : "'NaN', 'Infinity', '-Infinity'";
    case Kind::date:
    case Kind::timestamp:
    case Kind::timestamptz:
      return "'infinity', '-infinity'";
    default:
      return "";
  }
}

/// `after` less the overlap, in a type whose index the column's own comparison can use.
std::string lower_bound(const data::Column& column, const data::WatermarkRange& range) {
  const auto after = pg::literal(*range.after);
  if (range.overlap.seconds >= 0) {
    const auto* type = column.kind == Kind::date        ? "date"
                       : column.kind == Kind::timestamp ? "timestamp"
                                                        : "timestamptz";
    return fmt::format("{}::{} - interval '{} seconds'", after, type, range.overlap.seconds);
  }
  if (range.overlap.number.empty()) return after;  // takes the column's type
  const auto number = fmt::format("{}::numeric - {}", after, range.overlap.number);
  switch (column.kind) {
    case Kind::float32:
    case Kind::float64:
      return fmt::format("({})::float8", number);
    case Kind::numeric:
      return number;
    default:
      return fmt::format("ceil({})::bigint", number);
  }
}

std::string anded(const std::string& left, const std::string& right) {
  if (left.empty()) return right;
  return right.empty() ? left : left + " AND " + right;
}

std::string where(const std::string& condition) {
  return condition.empty() ? condition : " WHERE " + condition;
}

/// "id = 2", from the first row that meets `condition`.
std::string example(pg::Connection& connection, const data::Table& table, const std::string& from,
                    const std::string& condition) {
  auto columns = table.key;
  if (columns.empty() && !table.columns.empty()) columns.push_back(table.columns.front().name);
  std::vector<std::string> texts;
  for (const auto& column : columns) texts.push_back(pg::quote(column) + "::text");
  const auto found = connection.exec(
      fmt::format("SELECT {} FROM {}{} LIMIT 1", fmt::join(texts, ", "), from, where(condition)));
  if (found.rows() == 0) return {};
  std::vector<std::string> values;
  for (std::size_t i = 0; i < columns.size(); ++i)
    values.push_back(fmt::format("{} = {}", columns[i],
                                 found.optional(0, static_cast<int>(i)).value_or("NULL")));
  return fmt::format("{}", fmt::join(values, ", "));
}

}  // namespace

std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range) {
  const auto& column = column_of(table, range.column);
  data::check_order(range, order_in(column));
  const auto name = pg::quote(range.column);
  std::string condition;
  if (range.after)
    condition = fmt::format("{} {} {}", name, range.at_after || !range.overlap.empty() ? ">=" : ">",
                            lower_bound(column, range));
  if (range.upto)
    condition = anded(condition, fmt::format("{} <= {}", name, pg::literal(*range.upto)));
  if (condition.empty() || !range.with_nulls) return condition;
  return fmt::format("({} OR {} IS NULL)", condition, name);
}

data::WatermarkState look_at_watermark(pg::Connection& connection, const data::Table& table,
                                       const data::ReadRequest& request, const std::string& from,
                                       const std::string& condition) {
  auto range = *request.watermark;
  const auto& column = column_of(table, range.column);
  const auto name = pg::quote(range.column);
  data::WatermarkState state;
  state.order = order_in(column);
  const auto ends = endless(column.kind, connection.server_version());
  const auto odd =
      ends.empty() ? name + " IS NULL" : fmt::format("({0} IS NULL OR {0} IN ({1}))", name, ends);
  const auto odd_rows = anded(condition, odd);
  const auto counted = connection.exec(
      fmt::format("SELECT count(*) FILTER (WHERE {0} IS NULL), count({0}) FROM {1}{2}", name, from,
                  where(odd_rows)));
  state.nulls = counted.int64(0, 0);
  state.not_comparable = counted.int64(0, 1);
  if (state.nulls + state.not_comparable > 0)
    state.example =
        example(connection, table, from,
                state.not_comparable > 0 ? anded(odd_rows, name + " IS NOT NULL") : odd_rows);

  range.with_nulls = false;
  const auto newer =
      anded(anded(condition, watermark_condition(table, range)), name + " IS NOT NULL");
  // Not max(): every type that an index orders has this. The name inside keeps ORDER BY from the
  // text outside.
  const auto largest = connection.exec(
      fmt::format("SELECT v::text FROM (SELECT {0} AS v FROM {1}{2} ORDER BY {0} DESC LIMIT 1) l",
                  name, from, where(newer)));
  state.upto = largest.rows() > 0 ? largest.optional(0, 0) : range.after;
  return state;
}

}  // namespace orch::postgres
