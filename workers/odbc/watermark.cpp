#include "workers/odbc/watermark.h"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/select.h"
#include "workers/data/watermark.h"
#include "workers/odbc/select.h"
#include "workers/odbc/types.h"
#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"
#include "workers/rows/value.h"

namespace orch::odbc {
namespace {

using data::Kind;

bool is_number(const data::Column& column) { return data::order_of(column.kind) == "number"; }

/// order_to_share(), where the dialect has an order for it, too.
std::string order_in(const Session& session, const data::Column& column) {
  auto order = data::order_to_share(column);
  if (!is_number(column) && !session.dialect->watermarks.moments)
    throw data::not_comparable(
        column.name,
        fmt::format("{} has no order of its own for {}", session.dialect->server, order),
        "choose a column of numbers");
  return order;
}

std::string bound(const Session& session, const data::Column& column, const std::string& text) {
  const auto& forms = session.dialect->watermarks;
  if (is_number(column)) {
    if (rows::looks_decimal(text)) return text;
    throw data::not_comparable(column.name, fmt::format("the bound \"{}\" is no number", text),
                               "empty the target to load the table from the beginning");
  }
  switch (column.kind) {
    case Kind::date:
      return replaced(forms.date, "{}", literal(text));
    case Kind::time:
      return replaced(forms.time, "{}", literal(text));
    case Kind::timestamp:
      return replaced(replaced(forms.timestamp, "{}", literal(text)), "{type}",
                      std::string(type_name(*session.dialect, column)));
    default:
      break;
  }
  auto utc = text;
  if (const auto micros = rows::timestamp_micros(text, true)) {
    utc.clear();
    rows::append_timestamp(utc, *micros, false);
  }
  return replaced(forms.timestamptz, "{}", literal(utc + (forms.offset ? " +00:00" : "")));
}

std::string lower_bound(const Session& session, const data::Column& column,
                        const data::WatermarkRange& range) {
  const auto after = bound(session, column, *range.after);
  if (range.overlap.seconds >= 0)
    return replaced(replaced(session.dialect->watermarks.minus_seconds, "{value}", after),
                    "{seconds}", std::to_string(range.overlap.seconds));
  if (!range.overlap.number.empty()) return fmt::format("{} - {}", after, range.overlap.number);
  return after;
}

/// One row under `condition`: "id = 5".
std::string example(Session& session, const data::Table& table, const std::string& from,
                    const std::string& condition) {
  auto columns = table.key;
  if (columns.empty() && !table.columns.empty()) columns.push_back(table.columns.front().name);
  std::vector<std::string> values;
  for (const auto& column : columns)
    values.push_back(fmt::format(
        "{} = {}", column,
        session.connection.value(first_row(session, quoted(session, column), from, condition))
            .value_or("NULL")));
  return fmt::format("{}", fmt::join(values, ", "));
}

std::int64_t count(Session& session, const std::string& from, const std::string& condition) {
  const auto text = session.connection.value(
      fmt::format("SELECT count(*) FROM {}{}", from, data::where_clause(condition)));
  std::int64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

/// The condition for values without a place in the order; empty: the column's type has none.
std::string_view odd_form_of(const Session& session, const data::Column& column) {
  const auto& forms = session.dialect->watermarks;
  if (column.kind == Kind::time) return {};
  if (!is_number(column)) return forms.odd_moment;
  const bool whole =
      column.kind == Kind::int16 || column.kind == Kind::int32 || column.kind == Kind::int64;
  return whole && session.dialect->typed ? std::string_view() : forms.odd_number;
}

}  // namespace

std::string watermark_condition(const Session& session, const data::Table& table,
                                const data::WatermarkRange& range) {
  const auto& column = data::column_of(table, range.column);
  data::check_order(range, order_in(session, column));
  return data::range_condition(range, quoted(session, column.name),
                               range.after ? lower_bound(session, column, range) : std::string(),
                               range.upto ? bound(session, column, *range.upto) : std::string());
}

std::optional<std::string> largest_value(Session& session, const data::Column& column,
                                         const std::string& from, const std::string& condition) {
  const auto plan = plan_of(*session.dialect, column,
                            fmt::format("max({})", quoted(session, column.name)), session.wide);
  const std::array fetches{plan.fetch};
  auto rows = session.connection.query(
      fmt::format("SELECT {} FROM {}{}", plan.select, from, data::where_clause(condition)),
      fetches);
  if (!rows.next() || rows.null(0)) return std::nullopt;
  Scratch scratch;
  std::string text;
  const auto found = orch::rows::text_of(cell_of(plan, rows, 0, scratch), text);
  return found ? std::optional<std::string>(*found) : std::nullopt;
}

data::WatermarkState look_at_watermark(Session& session, const data::Table& table,
                                       const data::ReadRequest& request,
                                       const std::string& condition) {
  auto range = *request.watermark;
  const auto& column = data::column_of(table, range.column);
  const auto name = quoted(session, column.name);
  const auto from = from_clause(session, request.from);
  data::WatermarkState state;
  state.order = order_in(session, column);
  const auto odd_form = odd_form_of(session, column);
  const auto nulls = data::both(condition, name + " IS NULL");
  state.nulls = count(session, from, nulls);
  auto odd = nulls;
  auto sound = name + " IS NOT NULL";
  if (!odd_form.empty()) {
    const auto what = data::both(name + " IS NOT NULL", replaced(odd_form, "{}", name));
    state.not_comparable = count(session, from, data::both(condition, what));
    if (state.not_comparable > 0) odd = data::both(condition, what);
    sound += fmt::format(" AND NOT ({})", replaced(odd_form, "{}", name));
  }
  if (state.nulls + state.not_comparable > 0) state.example = example(session, table, from, odd);
  range.with_nulls = false;
  const auto newer =
      data::both(data::both(condition, watermark_condition(session, table, range)), sound);
  state.upto = largest_value(session, column, from, newer);
  if (!state.upto) state.upto = range.after;
  return state;
}

}  // namespace orch::odbc
