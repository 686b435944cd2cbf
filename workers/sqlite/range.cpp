#include "workers/sqlite/range.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/sqlite/declared_type.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

using data::Kind;

const data::Column& find_column(const std::vector<data::Column>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const data::Column& column) {
    return same_name(column.name, name);
  });
  if (found != columns.end()) return *found;
  throw Error("no column " + name, SQLITE_ERROR, "no such column: " + name + " (the watermark)");
}

/// A column without affinity compares by storage class, so a bound must come in the right one.
bool holds_numbers(Database& db, const data::Relation& from, const std::string& column) {
  Statement type(db, fmt::format("SELECT typeof(max({})) FROM {}", qualified(from, column),
                                 from_clause(from)));
  return type.step() && (type.text(0) == "integer" || type.text(0) == "real");
}

/// One spelling of a timestamp, so that text order is time order: "2024-01-01T00:00:00.500" and
/// "2024-01-01 00:00:00.5" are the same instant.
std::string spelled_alike(const std::string& operand) {
  const auto blank = fmt::format("replace({}, 'T', ' ')", operand);
  return fmt::format("CASE WHEN instr({0}, '.') THEN rtrim(rtrim({1}, '0'), '.') ELSE {1} END",
                     operand, blank);
}

/// `name`, a column of `kind`, `comparison` parameter `?number`.
std::string bound(const std::string& name, Kind kind, std::string_view comparison, int number,
                  bool numbers) {
  const auto parameter = fmt::format("?{}", number);
  if (kind == Kind::timestamp) {
    // The day alone decides most rows, and an index can answer it.
    const auto by_day = comparison == ">"
                            ? fmt::format("{} >= substr({}, 1, 10)", name, parameter)
                            : fmt::format("{} < substr({}, 1, 10) || '~'", name, parameter);
    return fmt::format("({} AND {} {} {})", by_day, spelled_alike(name), comparison,
                       spelled_alike(parameter));
  }
  if (numbers) return fmt::format("{} {} CAST({} AS NUMERIC)", name, comparison, parameter);
  return fmt::format("{} {} {}", name, comparison, parameter);
}

}  // namespace

void Condition::bind(Statement& statement) const {
  statement.reset();
  int index = 0;
  for (const auto& parameter : parameters) statement.set_text(++index, parameter);
}

Condition condition(Database& db, const data::Relation& from,
                    const std::vector<data::Column>& columns, const std::string& where,
                    const std::optional<data::WatermarkRange>& range) {
  std::vector<std::string> terms;
  Condition result;
  if (!where.empty()) terms.push_back(authors_sql(where, "the condition"));
  if (range && (range->after || range->upto)) {
    const auto& column = find_column(columns, range->column);
    const bool numbers = column.kind == Kind::any && holds_numbers(db, from, column.name);
    const auto add = [&](std::string_view comparison, const std::string& value) {
      result.parameters.push_back(value);
      terms.push_back(bound(qualified(from, column.name), column.kind, comparison,
                            static_cast<int>(result.parameters.size()), numbers));
    };
    if (range->after) add(">", *range->after);
    if (range->upto) add("<=", *range->upto);
  }
  for (const auto& term : terms) result.sql += (result.sql.empty() ? " WHERE " : " AND ") + term;
  return result;
}

std::optional<std::string> largest(Database& db, const data::Relation& from,
                                   const std::string& column, const std::string& where) {
  Statement select(
      db, fmt::format("SELECT max({}) FROM {}{}", qualified(from, column), from_clause(from),
                      condition(db, from, {}, where, std::nullopt).sql));
  if (!select.step() || select.null(0)) return std::nullopt;
  // SQLite's own text of a REAL has 15 digits and may lie beside the value.
  if (select.storage(0) == Storage::real) return fmt::format("{}", select.real(0));
  return std::string(select.text(0));
}

}  // namespace orch::sqlite
