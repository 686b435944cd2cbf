#include "workers/replication/audit/key_buckets.h"

#include <algorithm>
#include <limits>
#include <map>

namespace orch::replication {

bool contains(const Ranges& ranges, std::int64_t position) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), position,
      [](std::int64_t at, const PositionRange& range) { return at < range.first; });
  return after != ranges.begin() && position <= std::prev(after)->second;
}

KeyBuckets KeyBuckets::like(const KeyBuckets& other) {
  KeyBuckets same(std::numeric_limits<std::size_t>::max());
  same.shift_ = other.shift_;
  return same;
}

void KeyBuckets::add(std::int64_t position, const data::Digest& row) {
  buckets_[position >> shift_] += row;
  while (buckets_.size() > most_) widen();
}

data::Digest KeyBuckets::at(std::int64_t position) const {
  const auto found = buckets_.find(position >> shift_);
  return found == buckets_.end() ? data::Digest{} : found->second;
}

void KeyBuckets::widen() {
  ++shift_;
  std::unordered_map<std::int64_t, data::Digest> wider;
  for (const auto& [bucket, digest] : buckets_) wider[bucket >> 1] += digest;
  buckets_ = std::move(wider);
}

RangeGroups KeyBuckets::differences(KeyBuckets& one, KeyBuckets& other, std::int64_t most_rows) {
  while (one.shift_ < other.shift_) one.widen();
  while (other.shift_ < one.shift_) other.widen();
  std::map<std::int64_t, std::int64_t> differ;  // buckets, and how many rows they have
  const auto compare = [&differ](const KeyBuckets& here, const KeyBuckets& there) {
    for (const auto& [bucket, digest] : here.buckets_) {
      const auto found = there.buckets_.find(bucket);
      const auto across = found == there.buckets_.end() ? data::Digest{} : found->second;
      if (digest != across) differ[bucket] = std::max(digest.rows, across.rows);
    }
  };
  compare(one, other);
  compare(other, one);
  RangeGroups groups;
  std::int64_t rows = most_rows;  // of the last group
  const std::int64_t width = std::int64_t{1} << one.shift_;
  for (const auto& [bucket, rows_there] : differ) {
    const auto first = bucket * width;
    const auto last = first + (width - 1);
    if (rows + rows_there > most_rows) {
      groups.emplace_back();
      rows = 0;
    }
    rows += rows_there;
    auto& ranges = groups.back();
    if (!ranges.empty() && ranges.back().second == first - 1)
      ranges.back().second = last;
    else
      ranges.emplace_back(first, last);
  }
  return groups;
}

}  // namespace orch::replication
