// Whole rows compared, each as often as it comes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/publishing/row_merge.h"

namespace orch::publishing {
namespace {

/// Rows of one side (0: the target, 1: the load) beyond those that the other side has: `id`.
std::string surplus(const RowMerge& merge, int side) {
  std::vector<std::string> of_target;
  std::vector<std::string> of_load;
  std::vector<std::string> names;
  for (const auto& column : merge.plan.columns) {
    const auto name = merge.dialect.quote(column.name);
    const auto alias = fmt::format("c{}", names.size());
    of_target.push_back(fmt::format("t.{} AS {}", name, alias));
    of_load.push_back(fmt::format("s.{}", name));
    names.push_back(merge.dialect.exact(column, alias));
  }
  const auto whole = fmt::format("{}", fmt::join(names, ", "));
  return fmt::format(
      "SELECT id FROM (SELECT side, id, row_number() OVER (PARTITION BY side, {0}) AS place, "
      "sum(1 - side) OVER (PARTITION BY {0}) AS published, sum(side) OVER (PARTITION BY {0}) AS "
      "loaded FROM (SELECT 0 AS side, t.{1} AS id, {2} FROM {3} UNION ALL SELECT 1, s.{1}, {4} "
      "FROM {5}) sides) counted WHERE side = {6} AND place > {7}",
      whole, merge.target.row_id, fmt::join(of_target, ", "), merge.rows(),
      fmt::join(of_load, ", "), merge.staged(), side, side == 0 ? "loaded" : "published");
}

}  // namespace

void apply_difference(RowMerge& merge, Changes& changes) {
  const auto& columns = merge.plan.columns;
  const auto gone = fmt::format("t.{} IN ({})", merge.target.row_id, surplus(merge, 0));
  refuse_cascades(merge, gone);
  changes.deleted +=
      merge.session.execute(fmt::format("DELETE FROM {} WHERE {}", merge.rows(), gone));
  changes.inserted += merge.session.execute(
      fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {} WHERE s.{} IN ({})",
                  merge.dialect.qualified(merge.plan.request.target), list(merge.dialect, columns),
                  merge.target.overriding, list(merge.dialect, columns, "s."), merge.staged(),
                  merge.target.row_id, surplus(merge, 1)));
}

}  // namespace orch::publishing
