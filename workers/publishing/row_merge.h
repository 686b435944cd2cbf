// Staged rows become the rows of a table that stays: what the strategies are made of.
//
// All of it runs inside the caller's transaction. Rows are changed in place where they can be:
// readers of other tables, triggers, foreign keys and columns that no load fills see only what the
// load really changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// What a strategy did.
struct Changes {
  std::string method;
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
  /// The SELECT of the published rows of this load, for the proof; empty: `read_back` was taken
  /// while they were written.
  std::string published;
  std::optional<data::Digest> read_back;
  /// Rows whose key is not staged are still to be deleted, by this one; empty: none are.
  std::vector<std::string> pending;
  /// Of the rows that were to be published, where they are fewer than those that were read.
  std::optional<data::Digest> expected;
};

/// The ends of one merge. In SQL the target's rows are `t`, the staged ones `s`.
struct RowMerge {
  Session& session;
  const Dialect& dialect;
  const data::LoadPlan& plan;
  const TableFacts& target;
  data::TableName staging_table;
  std::string staging;     ///< the same as SQL
  bool empty = false;      ///< the target was created with this publish
  bool null_safe = false;  ///< NULL is a value of the key, like any other
  std::string
      changed_rows;  ///< copies of the staged rows that are to be written; empty: any may be

  RowMerge(Session& on, const data::LoadPlan& by, const TableFacts& into,
           const data::TableName& from, bool created);

  /// The columns of `names`, as the target spells them.
  const data::Column& column(const std::string& name) const;
  /// "target_name t" for DELETE, UPDATE and FROM.
  std::string rows() const { return target.rows + " AS t"; }
  std::string staged() const { return staging + " AS s"; }
  /// The staged rows that may differ from those of the table.
  std::string changed() const { return changed_rows.empty() ? staged() : changed_rows + " AS s"; }
  /// `t` and `s` have the same key, by the key's own equality.
  std::string same(const std::vector<std::string>& key, const std::string& left = "t.",
                   const std::string& right = "s.") const;
  /// Any of `names` is NULL in `prefix`.
  std::string has_null(const std::vector<std::string>& names, const std::string& prefix) const;
  /// Columns of the target that no load fills and that are not computed.
  std::vector<std::string> unfilled() const;
  /// Up to five staged rows that meet `condition`, as first_rows() tells them.
  std::string examples(const std::vector<std::string>& key, const std::string& condition) const;
  workers::TaskFailed conflict(const std::string& found, const std::string& hint = {}) const;
};

/// Inserts all staged rows; digests them as they were written when `read_back`.
void insert_all(RowMerge& merge, Changes& changes, bool read_back = false);
void delete_all(RowMerge& merge, Changes& changes);

/// Throws TaskFailed "Merge.Conflict" with a count and examples when staged rows share a key.
void refuse_repeated_keys(RowMerge& merge, const std::vector<std::string>& key);
/// Staged rows with NULL in the key: matched with NULL where the target's columns hold NULL; else
/// throws TaskFailed "Merge.Conflict" with a count and examples.
void admit_null_keys(RowMerge& merge, const std::vector<std::string>& key);
/// True when some staged row has NULL in `key`.
bool has_null_keys(RowMerge& merge, const std::vector<std::string>& key);

/// Finds the staged rows that are not in the table, to the byte, by a key of the table; those alone
/// are written then. Gives up, and returns false, after `most` of them.
bool stage_changed(RowMerge& merge, const std::vector<std::string>& key, std::int64_t most);
void drop_changed(RowMerge& merge);
/// False when no row is known to be one that delete_gone() would delete.
bool has_gone(RowMerge& merge, const std::vector<std::string>& key);
/// Deletes the rows whose key is not staged.
void delete_gone(RowMerge& merge, const std::vector<std::string>& key, Changes& changes);
/// Updates the rows whose key is staged and that differ in any byte, in place; rows that exchange
/// the values of another unique key are taken out and put back together.
void update_changed(RowMerge& merge, const std::vector<std::string>& key, Changes& changes);
/// Takes those staged rows away whose key is there.
void drop_present(RowMerge& merge, const std::vector<std::string>& key);
/// Inserts the staged rows whose key is not there.
void insert_new(RowMerge& merge, const std::vector<std::string>& key, Changes& changes);

/// Without a key: deletes the rows that the load does not have and inserts those that it has in
/// excess, comparing whole rows, each as often as it comes.
void apply_difference(RowMerge& merge, Changes& changes);

/// Throws TaskFailed "Merge.ForeignKey" when deleting the rows `t` that meet `gone` would delete or
/// change rows of other tables.
void refuse_cascades(RowMerge& merge, const std::string& gone);

/// Copies the rows, as they will be, that take the values of a unique key other than `key` from
/// another row. Returns how many there are. Throws TaskFailed "Merge.Conflict" where no row may be
/// taken out.
std::int64_t set_aside(RowMerge& merge, const std::vector<std::string>& key);
/// Condition on `t`: the row is one of them.
std::string is_set_aside(const RowMerge& merge, const std::vector<std::string>& key);
/// Exchanges those rows for their copies, all at once.
void put_back(RowMerge& merge, const std::vector<std::string>& key);

}  // namespace orch::publishing
