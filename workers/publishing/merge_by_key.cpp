// Rows matched by key.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/publishing/row_merge.h"

namespace orch::publishing {
namespace {

std::string not_staged(const RowMerge& merge, const std::vector<std::string>& key) {
  return fmt::format("NOT EXISTS (SELECT 1 FROM {} WHERE {})", merge.staged(), merge.same(key));
}

constexpr const char* changed_rows = "orch_changed";

/// A key that is equal may still be spelled in another way, and takes the load's spelling.
bool is_updated(const RowMerge& merge, const std::vector<std::string>& key,
                const data::Column& column) {
  if (contains(merge.dialect, merge.target.fixed, column.name)) return false;
  return !contains(merge.dialect, key, column.name) || !merge.dialect.equality_is_exact(column);
}

}  // namespace

bool stage_changed(RowMerge& merge, const std::vector<std::string>& key, std::int64_t most) {
  std::vector<std::string> differences{"t." + merge.dialect.quote(key.front()) + " IS NULL"};
  for (const auto& column : merge.plan.columns) {
    const auto name = merge.dialect.quote(column.name);
    differences.push_back(merge.dialect.differs(column, "t." + name, "s." + name));
  }
  merge.session.execute(fmt::format(
      "CREATE TEMPORARY TABLE {} AS SELECT {} FROM {} LEFT JOIN {} ON {} WHERE {} LIMIT {}",
      changed_rows, list(merge.dialect, merge.plan.columns, "s."), merge.staged(), merge.rows(),
      merge.same(key), any_of(merge.dialect, differences), most + 1));
  if (number(merge.session, fmt::format("SELECT count(*) FROM {}", changed_rows)) <= most) {
    merge.changed_rows = changed_rows;
    return true;
  }
  merge.session.execute(fmt::format("DROP TABLE {}", changed_rows));
  return false;
}

void drop_changed(RowMerge& merge) {
  if (merge.changed_rows.empty()) return;
  merge.session.execute("DROP TABLE " + merge.changed_rows);
  merge.changed_rows.clear();
}

bool has_gone(RowMerge& merge, const std::vector<std::string>& key) {
  if (merge.changed_rows.empty()) return true;
  const auto added =
      number(merge.session,
             fmt::format("SELECT count(*) FROM {} WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {})",
                         merge.changed(), merge.rows(), merge.same(key)));
  return number(merge.session, "SELECT count(*) FROM " + merge.rows()) + added !=
         number(merge.session, "SELECT count(*) FROM " + merge.staged());
}

void delete_gone(RowMerge& merge, const std::vector<std::string>& key, Changes& changes) {
  const auto gone = not_staged(merge, key);
  refuse_cascades(merge, gone);
  changes.deleted +=
      merge.session.execute(fmt::format("DELETE FROM {} WHERE {}", merge.rows(), gone));
}

void update_changed(RowMerge& merge, const std::vector<std::string>& key, Changes& changes) {
  std::vector<std::string> assignments;
  std::vector<std::string> differences;
  for (const auto& column : merge.plan.columns) {
    if (!is_updated(merge, key, column)) continue;
    const auto name = merge.dialect.quote(column.name);
    assignments.push_back(fmt::format("{0} = s.{0}", name));
    differences.push_back(merge.dialect.differs(column, "t." + name, "s." + name));
  }
  if (assignments.empty()) return;
  const auto aside = set_aside(merge, key);
  changes.updated += aside + merge.session.execute(fmt::format(
                                 "UPDATE {} SET {} FROM {} WHERE {} AND ({}){}", merge.rows(),
                                 fmt::join(assignments, ", "), merge.changed(), merge.same(key),
                                 any_of(merge.dialect, differences),
                                 aside > 0 ? " AND NOT " + is_set_aside(merge, key) : ""));
  if (aside > 0) put_back(merge, key);
}

void drop_present(RowMerge& merge, const std::vector<std::string>& key) {
  merge.session.execute(fmt::format("DELETE FROM {} WHERE EXISTS (SELECT 1 FROM {} WHERE {})",
                                    merge.staged(), merge.rows(), merge.same(key)));
}

void insert_new(RowMerge& merge, const std::vector<std::string>& key, Changes& changes) {
  const auto& columns = merge.plan.columns;
  changes.inserted += merge.session.execute(fmt::format(
      "INSERT INTO {} ({}){} SELECT {} FROM {} WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {})",
      merge.dialect.qualified(merge.plan.request.target), list(merge.dialect, columns),
      merge.target.overriding, list(merge.dialect, columns, "s."), merge.changed(), merge.rows(),
      merge.same(key)));
}

void refuse_cascades(RowMerge& merge, const std::string& gone) {
  for (const auto& cascade : merge.target.cascades) {
    std::vector<std::string> same;
    for (std::size_t i = 0; i < cascade.columns.size(); ++i)
      same.push_back(fmt::format("c.{} = t.{}", merge.dialect.quote(cascade.columns[i]),
                                 merge.dialect.quote(cascade.referenced[i])));
    const auto rows = number(
        merge.session, fmt::format("SELECT count(*) FROM {} AS c WHERE EXISTS (SELECT 1 FROM {} "
                                   "WHERE {} AND {})",
                                   cascade.table, merge.rows(), fmt::join(same, " AND "), gone));
    if (rows == 0) continue;
    throw workers::TaskFailed(
        "Merge.ForeignKey",
        fmt::format("{}: {} rows of {} refer to rows that the load no longer has, and {} (ON "
                    "DELETE {}) would reach them",
                    merge.plan.request.target.display(), rows, cascade.table, cascade.constraint,
                    cascade.action),
        "change the rows of the other table first, or use upsert, which deletes nothing",
        "ORCH-0504", {{"child", cascade.table}, {"constraint", cascade.constraint}});
  }
}

}  // namespace orch::publishing
