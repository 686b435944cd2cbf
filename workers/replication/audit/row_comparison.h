// The rows in which two sides of a table differ.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "workers/data/strategy.h"
#include "workers/replication/audit/audit_rows.h"

namespace orch::replication {

enum class Difference : std::uint8_t { missing, extra, different };

/// "missing", "extra", "different": of the target.
std::string_view name_of(Difference difference);

/// A row that differs, by its key.
struct RowDifference {
  Difference difference{};
  std::string row;                   ///< "id = 5"
  std::vector<std::string> columns;  ///< of "different": in these
};

struct Differences {
  std::int64_t missing = 0;    ///< rows, like the following
  std::int64_t extra = 0;      ///< after replace
  std::int64_t different = 0;  ///< of one key
  std::int64_t kept = 0;       ///< only in the target, after upsert and append
  std::int64_t changing = 0;   ///< were written to while they were looked at: not judged
  bool all = true;             ///< else there are more than those counted
  std::vector<RowDifference> examples;

  std::int64_t count() const { return missing + extra + different; }
};

/// Compares two sides that may be written to all the time. A row is a difference when it differs
/// and neither side of it changed over a pause. First both sides are read whole into buckets of
/// digests; after a pause, buckets that differed are read again row by row: where both digests of a
/// bucket are what they were, what differs in it is a difference. What differs in the others is
/// looked at once more, after another pause.
class RowComparison {
 public:
  struct Control {
    std::function<void()> pause;
    std::function<bool()> stop;  ///< from two threads; true throws workers::Cancelled
    /// Rows whose digests are held at once, and differences after which counting ends.
    std::int64_t most_rows = 200'000;
  };

  RowComparison(AuditReader& source, AuditReader& target, data::Strategy strategy, Control control)
      : source_(source),
        target_(target),
        strategy_(strategy),
        control_(std::move(control)),
        most_rows_(control_.most_rows) {}

  struct Sums {
    data::Digest source;
    data::Digest target;
  };
  /// Both sides as they are now, at the same time.
  Sums read_whole();
  /// What differs, after pauses where something does.
  Differences settle();

 private:
  struct Sides {
    std::int64_t position = 0;
    data::Digest source;
    data::Digest target;
  };
  using Rows = std::unordered_map<KeyId, Sides, KeyId::Hash>;
  /// A row that is to be named.
  struct Named {
    std::int64_t position = 0;
    KeyId key;
  };
  using Take = std::function<void(const AuditRow&, data::Digest Sides::*)>;

  void read_both(const Ranges& ranges, const Take& take);
  void look(const Ranges& ranges);
  void look_again();
  void judge(const KeyId& key, const Sides& sides);
  void remember(Difference difference, const KeyId& key, const Sides& sides);
  std::vector<std::pair<Difference, Named>> chosen() const;
  void name();

  AuditReader& source_;
  AuditReader& target_;
  data::Strategy strategy_;
  Control control_;
  std::int64_t most_rows_;

  KeyBuckets source_buckets_;
  KeyBuckets target_buckets_;
  bool integers_ = true;  ///< every position is the value of an integer key
  Rows unsettled_;
  Differences found_;
  std::array<std::vector<Named>, 3> to_name_;  ///< by Difference, in the order of positions
};

}  // namespace orch::replication
