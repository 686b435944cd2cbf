// Rows that exchange the values of a unique key other than the one they are matched by.
//
// Databases look at a unique key after each row, so that 1 and 2 cannot become 2 and 1 by updates.
// Rows whose new values no other row holds are updated first, in place; what is left only waits for
// each other, and is taken out and put back as one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/publishing/row_merge.h"

namespace orch::publishing {
namespace {

constexpr const char* moving = "orch_moving";

bool same_columns(const Dialect& dialect, const std::vector<std::string>& left,
                  const std::vector<std::string>& right) {
  if (left.size() != right.size()) return false;
  for (const auto& name : left)
    if (!contains(dialect, right, name)) return false;
  return true;
}

/// The value that a row will have: the load's, or its own where no load fills the column.
std::string after(const RowMerge& merge, const std::string& name) {
  const bool filled = find_column(merge.dialect, merge.plan.columns, name) != nullptr;
  return (filled ? "s." : "t.") + merge.dialect.quote(name);
}

std::string takes(const RowMerge& merge, const UniqueKey& unique,
                  const std::vector<std::string>& key) {
  std::vector<std::string> changed;
  std::vector<std::string> held;
  for (const auto& name : unique.columns) {
    const auto value = after(merge, name);
    if (value.front() == 's')
      changed.push_back(
          fmt::format("NOT coalesce(t.{} = {}, 1 = 0)", merge.dialect.quote(name), value));
    held.push_back(fmt::format("o.{} = {}", merge.dialect.quote(name), value));
  }
  if (changed.empty()) return {};
  return fmt::format("(({}) AND EXISTS (SELECT 1 FROM {} AS o WHERE {} AND NOT ({})))",
                     fmt::join(changed, " OR "), merge.target.rows, fmt::join(held, " AND "),
                     merge.same(key, "o.", "t."));
}

void refuse_where_others_follow(const RowMerge& merge, std::int64_t count) {
  if (merge.target.cascades.empty()) return;
  const auto& cascade = merge.target.cascades.front();
  throw merge.conflict(
      fmt::format("{} rows exchange values of a unique key, and {} of {} (ON DELETE {}) allows no "
                  "row to be taken out",
                  count, cascade.constraint, cascade.table, cascade.action),
      "make the unique constraint DEFERRABLE");
}

/// The columns that a row put back brings along.
std::vector<std::string> written(const RowMerge& merge) {
  std::vector<std::string> names;
  for (const auto& column : merge.target.table.columns)
    if (!column.generated) names.push_back(column.name);
  return names;
}

/// Condition on `t` and `s`: the row takes values of a unique key other than `key` from another.
std::string takes_unique_values(const RowMerge& merge, const std::vector<std::string>& key) {
  std::vector<std::string> terms;
  for (const auto& unique : merge.target.unique) {
    if (unique.deferrable || same_columns(merge.dialect, unique.columns, key)) continue;
    if (auto term = takes(merge, unique, key); !term.empty()) terms.push_back(std::move(term));
  }
  return any_of(merge.dialect, terms);
}

}  // namespace

std::int64_t set_aside(RowMerge& merge, const std::vector<std::string>& key) {
  const auto takers = takes_unique_values(merge, key);
  if (takers.empty()) return 0;
  const auto from = fmt::format("{} JOIN {} ON {} WHERE {}", merge.rows(), merge.changed(),
                                merge.same(key), takers);
  if (merge.session.rows(fmt::format("SELECT 1 FROM {} LIMIT 1", from)).empty()) return 0;
  std::vector<std::string> values;
  for (const auto& name : written(merge))
    values.push_back(after(merge, name) + " AS " + merge.dialect.quote(name));
  merge.session.execute(fmt::format("CREATE TEMPORARY TABLE {} AS SELECT {} FROM {}", moving,
                                    fmt::join(values, ", "), from));
  const auto count = number(merge.session, fmt::format("SELECT count(*) FROM {}", moving));
  refuse_where_others_follow(merge, count);
  return count;
}

std::string is_set_aside(const RowMerge& merge, const std::vector<std::string>& key) {
  return fmt::format("EXISTS (SELECT 1 FROM {} AS m WHERE {})", moving,
                     merge.same(key, "t.", "m."));
}

void put_back(RowMerge& merge, const std::vector<std::string>& key) {
  const auto names = written(merge);
  const auto remove =
      fmt::format("DELETE FROM {} WHERE {}", merge.rows(), is_set_aside(merge, key));
  const auto insert =
      fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {} AS m",
                  merge.dialect.qualified(merge.plan.request.target), list(merge.dialect, names),
                  merge.target.overriding, list(merge.dialect, names, "m."), moving);
  for (const auto& sql : merge.dialect.exchange(remove, insert)) merge.session.execute(sql);
  merge.session.execute(fmt::format("DROP TABLE {}", moving));
}

}  // namespace orch::publishing
