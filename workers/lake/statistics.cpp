// What the log says of a file's rows, so that readers can leave files out.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "workers/lake/parquet_files.h"

namespace orch::lake {
namespace {

constexpr int longest_text = 32;
constexpr std::size_t most_columns = 32;

/// How the bounds of a type are spelled in JSON.
struct Bounds {
  std::string least;  ///< SQL of a text, or NULL: no bound
  std::string most;
  bool number = false;
};

Bounds bounds_of(const std::string& type, const std::string& column) {
  const auto text = [&](const char* bound) {
    return fmt::format("CAST({}({}) AS VARCHAR)", bound, column);
  };
  if (type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT" ||
      type.starts_with("DECIMAL("))
    return {text("min"), text("max"), true};
  if (type == "FLOAT" || type == "DOUBLE") {
    // NaN is larger than all numbers here, and nothing in JSON.
    const auto finite = [&](const char* bound) {
      return fmt::format("CASE WHEN bool_and(isfinite({0})) THEN CAST({1}({0}) AS VARCHAR) END",
                         column, bound);
    };
    return {finite("min"), finite("max"), true};
  }
  if (type == "DATE")
    return {
        fmt::format("CASE WHEN min({0}) >= DATE '0001-01-01' THEN CAST(min({0}) AS VARCHAR) END",
                    column),
        fmt::format("CASE WHEN max({0}) <= DATE '9999-12-31' THEN CAST(max({0}) AS VARCHAR) END",
                    column)};
  if (type == "VARCHAR") {
    const auto brief = [&](const char* bound) {
      return fmt::format("CASE WHEN length({0}({1})) <= {2} THEN {0}({1}) END", bound, column,
                         longest_text);
    };
    return {brief("min"), brief("max")};
  }
  return {"NULL", "NULL"};
}

void append_member(std::string& out, const std::string& name, const std::string& value) {
  if (!out.empty()) out += ',';
  json::append_string(out, name);
  out += ':' + value;
}

/// `bound` begins with "=", or is empty: there is none.
void append_bound(std::string& out, const std::string& name, const std::string& bound,
                  bool number) {
  if (bound.empty()) return;
  std::string value;
  if (number)
    value = bound.substr(1);
  else
    json::append_string(value, bound.substr(1));
  append_member(out, name, value);
}

}  // namespace

std::string statistics(duckdb::Connection& connection, const std::vector<delta::Field>& fields,
                       const std::string& from) {
  std::vector<std::string> columns{"CAST(count(*) AS VARCHAR)"};
  std::vector<Bounds> bounds;
  for (const auto& field : fields) {
    if (bounds.size() == most_columns) break;
    const auto name = duckdb::quote(field.name);
    bounds.push_back(bounds_of(field.type, name));
    columns.push_back(fmt::format("CAST(count(*) - count({}) AS VARCHAR)", name));
    for (const auto& bound : {bounds.back().least, bounds.back().most}) {
      // Texts may be empty: a first character tells a bound from none.
      columns.push_back(fmt::format("coalesce('=' || {}, '')", bound));
    }
  }
  const auto row =
      connection.texts(fmt::format("SELECT {} FROM {}", fmt::join(columns, ", "), from)).front();
  std::string least, most, nulls;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto* found = &row[1 + 3 * i];
    const auto& name = fields[i].name;
    append_member(nulls, name, found[0]);
    append_bound(least, name, found[1], bounds[i].number);
    append_bound(most, name, found[2], bounds[i].number);
  }
  return fmt::format(
      R"({{"numRecords":{},"minValues":{{{}}},"maxValues":{{{}}},"nullCount":{{{}}}}})", row[0],
      least, most, nulls);
}

}  // namespace orch::lake
