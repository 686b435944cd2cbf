#include "workers/replication/audit/row_comparison.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <map>
#include <tuple>

#include "workers/worker.h"

namespace orch::replication {
namespace {

constexpr std::size_t most_examples = 5;

/// Runs both at once. When one fails, the other is stopped; the failure is thrown.
template <class One, class Other>
void at_once(std::atomic<bool>& over, const One& one, const Other& other) {
  auto second = std::async(std::launch::async, [&] {
    try {
      other();
    } catch (...) {
      over = true;
      throw;
    }
  });
  try {
    one();
  } catch (...) {
    over = true;
    try {
      second.get();
    } catch (const workers::Cancelled&) {
      // because of the first one
    }
    throw;
  }
  second.get();
}

}  // namespace

std::string_view name_of(Difference difference) {
  switch (difference) {
    case Difference::missing:
      return "missing";
    case Difference::extra:
      return "extra";
    case Difference::different:
      break;
  }
  return "different";
}

RowComparison::Sums RowComparison::read_whole() {
  Sums sums;
  std::atomic<bool> over = false;
  std::atomic<bool> integers = true;
  const auto read = [&](AuditReader& side, KeyBuckets& buckets, data::Digest& sum) {
    side.read(
        {},
        [&](const AuditRow& row) {
          buckets.add(row.position, row.digest);
          sum += row.digest;
          if (!row.integer) integers = false;
        },
        [&] { return over || control_.stop(); });
  };
  at_once(
      over, [&] { read(source_, source_buckets_, sums.source); },
      [&] { read(target_, target_buckets_, sums.target); });
  integers_ = integers;
  return sums;
}

Differences RowComparison::settle() {
  const auto groups = KeyBuckets::differences(source_buckets_, target_buckets_, most_rows_);
  if (groups.empty()) return found_;
  control_.pause();
  for (const auto& ranges : groups) {
    if (found_.count() + static_cast<std::int64_t>(unsettled_.size()) > most_rows_) {
      found_.all = false;
      break;
    }
    look(ranges);
  }
  if (!unsettled_.empty()) {
    control_.pause();
    look_again();
  }
  if (found_.count() > 0) name();
  return found_;
}

void RowComparison::read_both(const Ranges& ranges, const Take& take) {
  const auto& asked = integers_ ? ranges : Ranges{};
  const auto read = [&](AuditReader& side, data::Digest Sides::*which) {
    side.read(
        asked,
        [&](const AuditRow& row) {
          if (contains(ranges, row.position)) take(row, which);
        },
        control_.stop);
  };
  read(source_, &Sides::source);
  read(target_, &Sides::target);
}

void RowComparison::look(const Ranges& ranges) {
  auto source = KeyBuckets::like(source_buckets_);
  auto target = KeyBuckets::like(target_buckets_);
  Rows rows;
  read_both(ranges, [&](const AuditRow& row, data::Digest Sides::*which) {
    (which == &Sides::source ? source : target).add(row.position, row.digest);
    auto& sides = rows[row.key];
    sides.position = row.position;
    sides.*which += row.digest;
  });
  for (const auto& [key, sides] : rows) {
    if (sides.source == sides.target) continue;
    const bool quiet = source.at(sides.position) == source_buckets_.at(sides.position) &&
                       target.at(sides.position) == target_buckets_.at(sides.position);
    if (quiet)
      judge(key, sides);
    else
      unsettled_.emplace(key, sides);
  }
}

void RowComparison::look_again() {
  std::map<std::int64_t, std::int64_t> positions;
  for (const auto& [key, sides] : unsettled_) positions.emplace(sides.position, sides.position);
  Rows now;
  read_both({positions.begin(), positions.end()},
            [&](const AuditRow& row, data::Digest Sides::*which) {
              if (unsettled_.contains(row.key)) now[row.key].*which += row.digest;
            });
  for (const auto& [key, before] : unsettled_) {
    const auto& sides = now[key];
    if (sides.source == sides.target) continue;
    if (sides.source == before.source && sides.target == before.target)
      judge(key, before);
    else
      ++found_.changing;
  }
  unsettled_.clear();
}

/// Counts rows: without a key, one may be there several times.
void RowComparison::judge(const KeyId& key, const Sides& sides) {
  const auto lacking = sides.source.rows - sides.target.rows;
  if (lacking < 0 && !data::facts_of(strategy_).whole_table) {
    found_.kept -= lacking;
  } else if (lacking > 0) {
    found_.missing += lacking;
    remember(Difference::missing, key, sides);
  } else if (lacking < 0) {
    found_.extra -= lacking;
    remember(Difference::extra, key, sides);
  } else {
    found_.different += sides.source.rows;
    remember(Difference::different, key, sides);
  }
}

void RowComparison::remember(Difference difference, const KeyId& key, const Sides& sides) {
  auto& rows = to_name_.at(static_cast<std::size_t>(difference));
  const auto before = [](const Named& one, const Named& other) {
    return one.position < other.position;
  };
  const Named row{sides.position, key};
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, before), row);
  if (rows.size() > most_examples) rows.pop_back();
}

/// Of each kind the first ones, so that every kind is among them.
std::vector<std::pair<Difference, RowComparison::Named>> RowComparison::chosen() const {
  std::array<std::size_t, 3> counts{};
  std::size_t sum = 0;
  for (std::size_t depth = 0; depth < most_examples; ++depth)
    for (std::size_t kind = 0; kind < counts.size(); ++kind)
      if (sum < most_examples && depth < to_name_.at(kind).size()) ++counts.at(kind), ++sum;
  std::vector<std::pair<Difference, Named>> rows;
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    for (std::size_t i = 0; i < counts.at(kind); ++i)
      rows.emplace_back(static_cast<Difference>(kind), to_name_.at(kind).at(i));
  return rows;
}

/// Reads the rows to be named once more; one that is gone by now keeps no name.
void RowComparison::name() {
  struct Text {
    std::string row;
    std::vector<std::uint64_t> source;
    std::vector<std::uint64_t> target;
  };
  const auto rows = chosen();
  std::unordered_map<KeyId, Text, KeyId::Hash> texts;
  std::map<std::int64_t, std::int64_t> positions;
  for (const auto& [difference, row] : rows) {
    texts[row.key];
    positions.emplace(row.position, row.position);
  }
  read_both({positions.begin(), positions.end()}, [&](const AuditRow& row,
                                                      data::Digest Sides::*which) {
    const auto found = texts.find(row.key);
    if (found == texts.end()) return;
    found->second.row = row.text.key();
    (which == &Sides::source ? found->second.source : found->second.target) = row.text.columns();
  });
  for (const auto& [difference, row] : rows) {
    const auto& text = texts[row.key];
    if (text.row.empty()) continue;
    RowDifference example{difference, text.row, {}};
    if (difference == Difference::different && text.source.size() == text.target.size())
      for (std::size_t i = 0; i < text.source.size(); ++i)
        if (text.source[i] != text.target[i]) example.columns.push_back(source_.columns()[i]);
    found_.examples.push_back(std::move(example));
  }
  // Hashed keys have no order of their own.
  if (!integers_)
    std::stable_sort(found_.examples.begin(), found_.examples.end(),
                     [](const RowDifference& one, const RowDifference& other) {
                       return std::tie(one.difference, one.row) <
                              std::tie(other.difference, other.row);
                     });
}

}  // namespace orch::replication
