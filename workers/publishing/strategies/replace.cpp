// replace: the table holds the load and nothing else. Rows that stay are left alone, by key where
// there is one: other tables may refer to them, triggers watch them, columns of them may be the
// user's own. Where none of it is so, rows are written anew if that costs less than comparing them.
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

/// Somebody could tell rows that were written anew from rows that stayed.
bool is_watched(const RowMerge& merge) {
  return !merge.target.rewriters.empty() || !merge.target.cascades.empty() ||
         !merge.unfilled().empty();
}

/// Without an index, writing rows costs less than comparing them; with one, if many are to change.
bool is_rewritten(RowMerge& merge) {
  if (!merge.dialect.rewrites() || is_watched(merge)) return false;
  if (!merge.target.indexed) return true;
  for (const auto& key : candidates(merge))
    if (is_copied(merge, key) && is_unique(merge, key))
      return !stage_changed(merge, key, staged_rows(merge) / 4);
  return false;
}

void refuse_all_repeated_keys(RowMerge& merge) {
  for (const auto& key : candidates(merge))
    if (is_copied(merge, key) && !has_null_keys(merge, key)) refuse_repeated_keys(merge, key);
}

/// The target looks at its own keys; a declared one may be none of them.
void rewrite(RowMerge& merge, Changes& changes) {
  const auto& declared = merge.plan.request.key_columns;
  const bool unguarded = !declared.empty() && !is_unique(merge, declared);
  if (unguarded) refuse_all_repeated_keys(merge);
  changes.method = "delete-insert";
  delete_all(merge, changes);
  try {
    insert_all(merge, changes);
  } catch (const data::DatabaseError&) {
    try {
      refuse_all_repeated_keys(merge);
    } catch (const data::DatabaseError&) {
      // The error has ended the transaction, and is all there is to tell.
    }
    throw;
  }
  // A table may be declared to drop rows of a key that is there (ON CONFLICT IGNORE, REPLACE).
  if (number(merge.session, "SELECT count(*) FROM " + merge.target.rows) != staged_rows(merge))
    refuse_all_repeated_keys(merge);
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
    } else if (is_rewritten(merge)) {
      rewrite(merge, changes);
    } else if (const auto key = matching_key(merge)) {
      if (has_gone(merge, *key)) {
        index_staged(merge, *key);
        delete_gone(merge, *key, changes);
      }
      update_changed(merge, *key, changes);
      insert_new(merge, *key, changes);
    } else {
      replace_rows(merge, changes);
    }
    drop_changed(merge);
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
    // Readers see only the rows before and after, so the short way may be taken in between.
    if (is_watched(merge) && !merge.target.row_id.empty()) return apply_difference(merge, changes);
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
