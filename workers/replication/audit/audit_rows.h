// The rows of one side of a comparison, each with its key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "workers/catalog/entry.h"
#include "workers/data/source.h"
#include "workers/data/target.h"
#include "workers/replication/audit/key_buckets.h"

namespace orch::replication {

/// A hash of a key's values: equal keys of both sides have the same, and no others.
struct KeyId {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const KeyId&, const KeyId&) = default;
  struct Hash {
    std::size_t operator()(const KeyId& key) const { return key.low ^ key.high; }
  };
};

/// What is asked of few rows only.
class RowText {
 public:
  virtual ~RowText() = default;
  /// "id = 5", for people.
  virtual std::string key() const = 0;
  /// A hash of each column's value, the same on both sides.
  virtual std::vector<std::uint64_t> columns() const = 0;
};

/// Valid while it is looked at.
struct AuditRow {
  KeyId key;
  std::int64_t position = 0;  ///< see KeyBuckets
  bool integer = false;       ///< the position is the value of the key's first column
  data::Digest digest;
  const RowText& text;
};

/// Reads one side. Both sides give the same bytes for the same values: in the target's row
/// encoding, or, where rows pass through between PostgreSQL databases, as lines of COPY. One thread
/// at a time, and another one than the other side's may read.
class AuditReader {
 public:
  /// The source's side of `plan`.
  AuditReader(const catalog::Entry& entry, const data::LoadPlan& plan, data::Source& source,
              data::Target& target);
  /// The target's side: its database, opened to be read from. What fails is "Target.…".
  AuditReader(const data::LoadPlan& plan, data::Source& published, data::Target& target);

  /// Calls `take` with every row; with `ranges`, of integer keys, at least with those in them.
  void read(const Ranges& ranges, const std::function<void(const AuditRow&)>& take,
            const std::function<bool()>& stop);
  /// Where this side stood when it was last read; see Source::position().
  boost::json::object position() const { return side_.position(); }
  /// Of the columns, in the target.
  const std::vector<std::string>& columns() const { return names_; }

 private:
  class Sink;
  void choose_key(const data::LoadPlan& plan);
  void encode_by(const data::LoadPlan& plan, data::Target& target);
  std::string condition(const Ranges& ranges) const;
  void read_side(const data::ReadRequest& request, const std::function<void(const AuditRow&)>& take,
                 const std::function<bool()>& stop);

  data::Source& side_;
  bool published_ = false;
  data::ReadRequest request_;
  std::vector<std::string> names_;
  std::vector<std::size_t> key_;  ///< places of the key's columns; all where there is no key
  bool integers_ = false;         ///< the key's first column is an integer on both sides
  std::unique_ptr<data::RowEncoder> row_encoder_;  ///< null for lines of COPY, like the following
  std::unique_ptr<data::RowEncoder> key_encoder_;
  std::vector<std::unique_ptr<data::RowEncoder>> column_encoders_;
};

}  // namespace orch::replication
