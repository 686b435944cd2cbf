// Where two sides of a table differ, found with little memory: digests of ranges of keys.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workers/data/digest.h"

namespace orch::replication {

/// Positions of keys from first to last, both included.
using PositionRange = std::pair<std::int64_t, std::int64_t>;
/// In order, none next to another.
using Ranges = std::vector<PositionRange>;

bool contains(const Ranges& ranges, std::int64_t position);

/// Ranges that differ, cut so that each group has about as many rows as its caller can hold.
using RangeGroups = std::vector<Ranges>;

/// The digests of the rows whose keys lie near each other. Keys have positions: those of integers
/// are their values, others are spread by a hash. When there are more buckets than `most`, they
/// become twice as wide.
class KeyBuckets {
 public:
  explicit KeyBuckets(std::size_t most = 65'536) : most_(most) {}
  /// Buckets of the same width as `other`, which they keep.
  static KeyBuckets like(const KeyBuckets& other);

  void add(std::int64_t position, const data::Digest& row);
  /// The bucket of `position`; an empty digest where there is none.
  data::Digest at(std::int64_t position) const;

  /// The ranges in which the sides differ. Both have buckets of one width afterwards.
  static RangeGroups differences(KeyBuckets& one, KeyBuckets& other, std::int64_t most_rows);

 private:
  void widen();

  std::size_t most_;
  std::unordered_map<std::int64_t, data::Digest> buckets_;
  int shift_ = 0;
};

}  // namespace orch::replication
