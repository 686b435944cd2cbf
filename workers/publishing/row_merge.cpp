#include "workers/publishing/row_merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/count.h"
#include "workers/publishing/examples.h"

namespace orch::publishing {

RowMerge::RowMerge(Session& on, const data::LoadPlan& by, const TableFacts& into,
                   const data::TableName& from, bool created)
    : session(on),
      dialect(on.dialect()),
      plan(by),
      target(into),
      staging_table(from),
      staging(dialect.qualified(from)),
      empty(created) {}

const data::Column& RowMerge::column(const std::string& name) const {
  if (const auto* found = find_column(dialect, plan.columns, name)) return *found;
  throw std::logic_error("a key column that is not copied: " + name);
}

std::string RowMerge::same(const std::vector<std::string>& key, const std::string& left,
                           const std::string& right) const {
  std::vector<std::string> terms;
  for (const auto& name : key)
    terms.push_back(fmt::format("{}{} {} {}{}", left, dialect.quote(name),
                                null_safe ? dialect.null_safe_equal() : "=", right,
                                dialect.quote(column(name).name)));
  return fmt::format("{}", fmt::join(terms, " AND "));
}

std::string RowMerge::has_null(const std::vector<std::string>& names,
                               const std::string& prefix) const {
  std::vector<std::string> terms;
  for (const auto& name : names) terms.push_back(prefix + dialect.quote(name) + " IS NULL");
  return any_of(dialect, terms);
}

std::vector<std::string> RowMerge::unfilled() const {
  std::vector<std::string> names;
  for (const auto& each : target.table.columns)
    if (!each.generated && !find_column(dialect, plan.columns, each.name))
      names.push_back(each.name);
  return names;
}

std::string RowMerge::examples(const std::vector<std::string>& key,
                               const std::string& condition) const {
  return first_rows(session, staging, key, plan.columns, condition);
}

workers::TaskFailed RowMerge::conflict(const std::string& found, const std::string& hint) const {
  return {"Merge.Conflict", fmt::format("{}: {}", plan.request.target.display(), found),
          hint.empty() ? "correct the key_columns of the catalog entry, or the source" : hint,
          "ORCH-0505"};
}

void insert_all(RowMerge& merge, Changes& changes, bool read_back) {
  const auto& columns = merge.plan.columns;
  const auto sql =
      fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {}",
                  merge.dialect.qualified(merge.plan.request.target), list(merge.dialect, columns),
                  merge.target.overriding, list(merge.dialect, columns, "s."), merge.staged());
  if (!read_back) {
    changes.inserted += merge.session.execute(sql);
    return;
  }
  std::vector<std::string> returned;
  for (const auto& column : columns) returned.push_back(merge.dialect.returned(column));
  changes.read_back = merge.session.digest(
      merge.plan, fmt::format("{} RETURNING {}", sql, fmt::join(returned, ", ")), {});
  changes.inserted += changes.read_back->rows;
}

void delete_all(RowMerge& merge, Changes& changes) {
  refuse_cascades(merge, "1 = 1");
  changes.deleted += merge.session.execute("DELETE FROM " + merge.target.rows);
}

void refuse_repeated_keys(RowMerge& merge, const std::vector<std::string>& key) {
  const auto found = repeated_keys(merge.session, merge.staging, key, merge.null_safe);
  if (found.count > 0)
    throw merge.conflict(fmt::format("{} in the load; first: {}",
                                     counted(found.count, "duplicate key"), found.first));
}

bool has_null_keys(RowMerge& merge, const std::vector<std::string>& key) {
  return !merge.session
              .rows(fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", merge.staged(),
                                merge.has_null(key, "s.")))
              .empty();
}

void admit_null_keys(RowMerge& merge, const std::vector<std::string>& key) {
  std::vector<std::string> strict;
  for (const auto& name : key) {
    const auto* there = find_column(merge.dialect, merge.target.table.columns, name);
    if (merge.empty || !there || !there->nullable) strict.push_back(name);
  }
  if (!strict.empty()) {
    const auto condition = merge.has_null(strict, "s.");
    const auto count = number(
        merge.session, fmt::format("SELECT count(*) FROM {} WHERE {}", merge.staged(), condition));
    if (count > 0)
      throw merge.conflict(
          fmt::format("{} with NULL in the key ({}); first: {}", counted(count, "row"),
                      fmt::join(key, ", "), merge.examples({}, condition)),
          "choose key_columns that hold no NULL, or leave such rows out by a \"where\"");
  }
  merge.null_safe = strict.size() < key.size() && has_null_keys(merge, key);
}

}  // namespace orch::publishing
