#include "workers/mysql/watermark.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/select.h"
#include "workers/data/watermark.h"
#include "workers/mysql/select.h"
#include "workers/mysql/types.h"
#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"

namespace orch::mysql {
namespace {

using data::Kind;

bool is_date_like(Kind kind) {
  return kind == Kind::date || kind == Kind::timestamp || kind == Kind::timestamptz;
}

/// A bound as a literal. One of a time with a zone may come with an offset; the session is in UTC.
std::string bound(const data::Column& column, const std::string& text) {
  if (data::order_of(column.kind) == "number") {
    if (rows::looks_decimal(text)) return text;
    throw data::not_comparable(column.name, fmt::format("the bound \"{}\" is no number", text),
                               "empty the target to load the table from the beginning");
  }
  if (column.kind == Kind::timestamptz) {
    if (const auto micros = rows::timestamp_micros(text, true)) {
      std::string utc;
      rows::append_timestamp(utc, *micros, false);
      return literal(utc);
    }
  }
  return literal(text);
}

std::string lower_bound(const data::Column& column, const data::WatermarkRange& range) {
  auto after = bound(column, *range.after);
  if (range.overlap.seconds >= 0)
    return fmt::format("CAST({} AS DATETIME(6)) - INTERVAL {} SECOND", after,
                       range.overlap.seconds);
  if (!range.overlap.number.empty()) return fmt::format("{} - {}", after, range.overlap.number);
  return after;
}

std::string example(Connection& connection, const data::Table& table, const std::string& from,
                    const std::string& condition) {
  auto columns = table.key;
  if (columns.empty() && !table.columns.empty()) columns.push_back(table.columns.front().name);
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const auto& column : columns) names.push_back(quote(column));
  auto found = connection.query(fmt::format("SELECT {} FROM {}{} LIMIT 1", fmt::join(names, ", "),
                                            from, data::where_clause(condition)));
  std::vector<std::string> values;
  while (found.next())
    for (std::size_t i = 0; i < columns.size(); ++i)
      values.push_back(fmt::format("{} = {}", columns[i], found.optional(i).value_or("NULL")));
  return fmt::format("{}", fmt::join(values, ", "));
}

}  // namespace

std::string watermark_text(const data::Column& column) {
  return selected(column, quote(column.name));
}

std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range) {
  const auto& column = data::column_of(table, range.column);
  data::check_order(range, data::order_to_share(column));
  return data::range_condition(range, quote(column.name),
                               range.after ? lower_bound(column, range) : std::string(),
                               range.upto ? bound(column, *range.upto) : std::string());
}

data::WatermarkState look_at_watermark(Connection& connection, const data::Table& table,
                                       const data::ReadRequest& request,
                                       const std::string& condition) {
  auto range = *request.watermark;
  const auto& column = data::column_of(table, range.column);
  const auto name = quote(column.name);
  const auto from = from_clause(request.from);
  data::WatermarkState state;
  state.order = data::order_to_share(column);
  // A zero date is smaller than all that may come, and no day.
  const auto zero = is_date_like(column.kind) ? fmt::format("{} = '0000-00-00'", name) : "FALSE";
  const auto odd = fmt::format("({} IS NULL OR {})", name, zero);
  const auto odd_rows = data::both(condition, odd);
  {
    auto counted =
        connection.query(fmt::format("SELECT count(*) - count({0}), count({0}) FROM {1}{2}", name,
                                     from, data::where_clause(odd_rows)));
    while (counted.next()) {
      state.nulls = counted.int64(0);
      state.not_comparable = counted.int64(1);
    }
  }
  if (state.nulls + state.not_comparable > 0)
    state.example =
        example(connection, table, from,
                state.not_comparable > 0 ? data::both(odd_rows, name + " IS NOT NULL") : odd_rows);
  range.with_nulls = false;
  const auto newer =
      data::both(data::both(condition, watermark_condition(table, range)), name + " IS NOT NULL");
  state.upto =
      connection.value(fmt::format("SELECT {} FROM {}{} ORDER BY {} DESC LIMIT 1",
                                   watermark_text(column), from, data::where_clause(newer), name));
  if (!state.upto) state.upto = range.after;
  return state;
}

}  // namespace orch::mysql
