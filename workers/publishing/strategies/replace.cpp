// replace: the table holds the load and nothing else. Rows that stay are left alone, by key where
// there is one: other tables may refer to them, triggers watch them, columns of them may be the
// user's own.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "workers/publishing/examples.h"
#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

using Key = std::vector<std::string>;

bool is_copied(const RowMerge& merge, const Key& key) {
  return std::all_of(key.begin(), key.end(), [&](const std::string& name) {
    return find_column(merge.dialect, merge.plan.columns, name) != nullptr;
  });
}

bool is_unique(const RowMerge& merge, const Key& key) {
  return std::any_of(
      merge.target.unique.begin(), merge.target.unique.end(), [&](const UniqueKey& unique) {
        return std::all_of(
            unique.columns.begin(), unique.columns.end(),
            [&](const std::string& name) { return contains(merge.dialect, key, name); });
      });
}

/// The columns that other tables refer to come first: their rows must stay.
std::vector<Key> candidates(const RowMerge& merge) {
  std::vector<Key> keys;
  if (const auto& declared = merge.plan.request.key_columns; !declared.empty())
    keys.push_back(declared);
  for (const auto& cascade : merge.target.cascades) keys.push_back(cascade.referenced);
  for (const auto& unique : merge.target.unique) keys.push_back(unique.columns);
  return keys;
}

/// The key to match rows by; unset when rows can only be compared as a whole.
std::optional<Key> matching_key(RowMerge& merge) {
  for (const auto& key : candidates(merge)) {
    if (!is_copied(merge, key) || has_null_keys(merge, key)) continue;
    refuse_repeated_keys(merge, key);
    if (is_unique(merge, key) || repeated_keys(merge.session, merge.target.rows, key).count == 0)
      return key;
  }
  return std::nullopt;
}

class Replace final : public RowStrategy {
 public:
  std::int64_t rows_after(RowMerge& merge, std::int64_t) const override {
    return staged_rows(merge);
  }

  Changes apply(RowMerge& merge) const override {
    auto changes = begin(merge);
    if (merge.empty) {
      insert_all(merge, changes);
    } else if (const auto key = matching_key(merge)) {
      index_staged(merge, *key);
      delete_gone(merge, *key, changes);
      update_changed(merge, *key, changes);
      insert_new(merge, *key, changes);
    } else {
      replace_rows(merge, changes);
    }
    return changes;
  }

  Changes add(RowMerge& merge) const override {
    auto changes = begin(merge);
    if (const auto key = matching_key(merge)) {
      index_staged(merge, *key);
      update_changed(merge, *key, changes);
      insert_new(merge, *key, changes);
      changes.pending = *key;
    } else {
      replace_rows(merge, changes);
    }
    return changes;
  }

  void remove(RowMerge& merge, Changes& changes) const override {
    if (!changes.pending.empty()) delete_gone(merge, changes.pending, changes);
  }

 private:
  static Changes begin(RowMerge& merge) {
    Changes changes;
    changes.method = "merge";
    changes.published = fmt::format("SELECT {} FROM {}", list(merge.dialect, merge.plan.columns),
                                    merge.target.rows);
    if (const auto lock = merge.dialect.lock_writers(merge.target.rows); !lock.empty())
      merge.session.execute(lock);
    return changes;
  }

  static void index_staged(RowMerge& merge, const Key& key) {
    if (const auto sql = merge.dialect.index_staging(merge.staging_table, key); !sql.empty())
      merge.session.execute(sql);
  }

  static void replace_rows(RowMerge& merge, Changes& changes) {
    // What nobody can see, who sees only the rows before and after, may be done in the short way.
    const bool watched = !merge.target.rewriters.empty() || !merge.target.cascades.empty() ||
                         !merge.unfilled().empty();
    if (watched && !merge.target.row_id.empty()) return apply_difference(merge, changes);
    changes.method = "delete-insert";
    delete_all(merge, changes);
    insert_all(merge, changes);
  }
};

}  // namespace

const RowStrategy& replace_strategy() {
  static const Replace strategy;
  return strategy;
}

}  // namespace orch::publishing
