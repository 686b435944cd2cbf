#include "workers/data/select.h"

#include <algorithm>
#include <vector>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "workers/worker.h"

namespace orch::data {

std::string where_clause(const std::string& condition) {
  return condition.empty() ? "" : " WHERE " + condition;
}

std::string both(const std::string& left, const std::string& right) {
  if (left.empty()) return right;
  return right.empty() ? left : left + " AND " + right;
}

const Column& column_of(const Table& table, const std::string& name) {
  const auto found = std::ranges::find_if(
      table.columns, [&](const auto& column) { return boost::iequals(column.name, name); });
  if (found != table.columns.end()) return *found;
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  throw workers::TaskFailed(
      "Source.ColumnMissing",
      fmt::format("no column \"{}\" in {}{}", name,
                  table.name.name.empty() ? "the query" : table.name.display(),
                  did_you_mean(name, names)),
      "the catalog names columns that the source has", "ORCH-0445", {{"column", name}});
}

std::string range_condition(const WatermarkRange& range, const std::string& column,
                            const std::string& lower, const std::string& upper) {
  std::string condition;
  if (!lower.empty())
    condition = fmt::format("{} {} {}", column,
                            range.at_after || !range.overlap.empty() ? ">=" : ">", lower);
  if (!upper.empty()) condition = both(condition, fmt::format("{} <= {}", column, upper));
  if (condition.empty() || !range.with_nulls) return condition;
  return fmt::format("({} OR {} IS NULL)", condition, column);
}

}  // namespace orch::data
