#include "workers/sqlite/watermark.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/watermark.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

using data::Kind;

const data::Column& column_of(const data::Table& table, const std::string& name) {
  return *std::find_if(table.columns.begin(), table.columns.end(),
                       [&](const data::Column& column) { return same_name(column.name, name); });
}

/// Offsets as SQLite's functions take them: "+02" and "+0200" become "+02:00".
std::string with_colon(const std::string& operand) {
  return fmt::format(
      "CASE WHEN {0} GLOB '*:*[+-][0-9][0-9]' THEN {0} || ':00' "
      "WHEN {0} GLOB '*:*[+-][0-9][0-9][0-9][0-9]' "
      "THEN substr({0}, 1, length({0}) - 2) || ':' || substr({0}, -2) ELSE {0} END",
      operand);
}

/// How many values of each kind there are.
struct Values {
  std::int64_t nulls = 0;
  std::int64_t numbers = 0;
  std::int64_t texts = 0;
  std::int64_t points_in_time = 0;  ///< of the texts
  std::int64_t blobs = 0;
};

Values count_values(Database& db, const std::string& name, const std::string& from,
                    const std::string& author) {
  Statement rows(db, fmt::format("SELECT typeof({0}), count(*), count({1}) FROM {2}{3} GROUP BY 1",
                                 name, point_in_time(name), from, author));
  Values values;
  while (rows.step()) {
    const auto type = rows.text(0);
    const auto count = rows.int64(1);
    if (type == "null") values.nulls += count;
    if (type == "integer" || type == "real") values.numbers += count;
    if (type == "blob") values.blobs += count;
    if (type != "text") continue;
    values.texts += count;
    values.points_in_time += rows.int64(2);
  }
  return values;
}

bool keeps_time(Kind kind) {
  return kind == Kind::date || kind == Kind::timestamp || kind == Kind::timestamptz;
}

bool keeps_numbers(Kind kind) { return kind <= Kind::numeric; }

/// What the declared type says, where the values do not contradict it as a whole; else what most
/// values are.
std::string order_of_values(Kind kind, const Values& values) {
  if (keeps_numbers(kind)) return "number";
  if (keeps_time(kind)) return values.texts > 0 || values.numbers == 0 ? "timestamp" : "number";
  if (kind == Kind::any || kind == Kind::other)
    return values.numbers >= values.texts && values.numbers > 0 ? "number" : "text";
  return "text";
}

/// Condition: the value has a place in `order`.
std::string comparable(const std::string& name, const std::string& order) {
  if (order == "number") return fmt::format("typeof({}) IN ('integer', 'real')", name);
  if (order == "text") return fmt::format("typeof({}) = 'text'", name);
  return fmt::format("{} IS NOT NULL", point_in_time(name));
}

std::string anded(const std::string& author, const std::string& term) {
  return (author.empty() ? " WHERE " : author + " AND ") + term;
}

std::string example(Database& db, const data::Relation& from, const data::Table& table,
                    const std::string& watermark, const std::string& where) {
  auto columns = table.key;
  if (columns.empty()) columns.push_back(table.columns.front().name);
  columns.push_back(watermark);
  std::vector<std::string> texts;
  for (const auto& column : columns) texts.push_back(qualified(from, column));
  Statement row(db, fmt::format("SELECT {} FROM {}{} LIMIT 1", fmt::join(texts, ", "),
                                from_clause(from), where));
  if (!row.step()) return {};
  std::vector<std::string> values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto at = static_cast<int>(i);
    values.push_back(
        fmt::format("{} = {}", columns[i], row.null(at) ? "NULL" : std::string(row.text(at))));
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

/// `after` less the overlap, as SQL; `parameter` is its place.
std::string lower_bound(const data::WatermarkRange& range, const std::string& order,
                        const std::string& parameter) {
  if (order == "number") {
    const auto number = fmt::format("CAST({} AS NUMERIC)", parameter);
    return range.overlap.number.empty() ? number
                                        : fmt::format("{} - {}", number, range.overlap.number);
  }
  if (order == "text") return parameter;
  const auto point = point_in_time(parameter);
  if (range.overlap.seconds < 0) return point;
  return fmt::format(
      "strftime('%Y-%m-%d %H:%M:%S', substr({0}, 1, 19), '-{1} seconds') || "
      "substr({0}, 20)",
      point, range.overlap.seconds);
}

}  // namespace

std::string point_in_time(const std::string& operand) {
  // The functions of SQLite round to milliseconds, so the fraction goes beside them.
  const auto fraction = fmt::format("substr({0}, instr({0}, '.') + 1)", operand);
  const auto rest = fmt::format("ltrim({}, '0123456789')", fraction);
  const auto digits = fmt::format("substr({0}, 1, length({0}) - length({1}))", fraction, rest);
  const auto whole = fmt::format("substr({0}, 1, instr({0}, '.') - 1) || {1}", operand, rest);
  return fmt::format(
      "CASE WHEN typeof({0}) <> 'text' OR {0} NOT GLOB "
      "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' "
      "THEN NULL WHEN instr({0}, '.') THEN strftime('%Y-%m-%d %H:%M:%S', {1}) || "
      "rtrim(rtrim('.' || {2}, '0'), '.') ELSE strftime('%Y-%m-%d %H:%M:%S', {3}) END",
      operand, with_colon("(" + whole + ")"), digits, with_colon(operand));
}

data::WatermarkState look_at_values(Database& db, const data::Relation& from,
                                    const data::Table& table, const data::WatermarkRange& range,
                                    const std::string& author) {
  const auto& column = column_of(table, range.column);
  const auto name = qualified(from, column.name);
  const auto values = count_values(db, name, from_clause(from), author);
  data::WatermarkState state;
  state.order = order_of_values(column.kind, values);
  state.nulls = values.nulls;
  state.not_comparable = values.numbers + values.texts + values.blobs;
  if (state.order == "number") state.not_comparable -= values.numbers;
  if (state.order == "text") state.not_comparable -= values.texts;
  if (state.order == "timestamp") state.not_comparable -= values.points_in_time;
  if (state.not_comparable > 0)
    state.example = example(db, from, table, column.name,
                            anded(author, fmt::format("{} IS NOT NULL AND NOT ({})", name,
                                                      comparable(name, state.order))));
  else if (state.nulls > 0)
    state.example =
        example(db, from, table, column.name, anded(author, fmt::format("{} IS NULL", name)));
  return state;
}

std::string watermark_term(const data::Relation& from, const data::WatermarkRange& range,
                           const std::string& order, std::vector<std::string>& parameters) {
  const auto name = qualified(from, range.column);
  const bool points = order == "timestamp";
  const auto value = points ? point_in_time(name) : name;
  std::string term;
  const auto add = [&](std::string_view comparison, const std::string& bound) {
    term += (term.empty() ? "" : " AND ") + fmt::format("{} {} ({})", value, comparison, bound);
  };
  if (range.after) {
    parameters.push_back(*range.after);
    const auto bound = lower_bound(range, order, fmt::format("?{}", parameters.size()));
    // The day alone decides most rows, and an index can answer it: no offset is a whole day.
    if (points) term = fmt::format("{} >= date(substr(({}), 1, 10), '-1 day')", name, bound);
    add(range.at_after || !range.overlap.empty() ? ">=" : ">", bound);
  }
  if (range.upto) {
    parameters.push_back(*range.upto);
    auto bound = range;
    bound.overlap = {};
    add("<=", lower_bound(bound, order, fmt::format("?{}", parameters.size())));
  }
  if (term.empty()) return {};
  return range.with_nulls ? fmt::format("({} OR {} IS NULL)", term, name)
                          : fmt::format("({})", term);
}

std::optional<std::string> largest_value(Database& db, const data::Relation& from,
                                         const std::string& column, const std::string& order,
                                         const Condition& rows) {
  const auto name = qualified(from, column);
  Statement select(
      db, fmt::format("SELECT max({}) FROM {}{}", order == "timestamp" ? point_in_time(name) : name,
                      from_clause(from), rows.sql));
  rows.bind(select);
  if (!select.step() || select.null(0)) return std::nullopt;
  // SQLite's own text of a REAL has 15 digits and may lie beside the value.
  if (select.storage(0) == Storage::real) return fmt::format("{}", select.real(0));
  return std::string(select.text(0));
}

}  // namespace orch::sqlite
