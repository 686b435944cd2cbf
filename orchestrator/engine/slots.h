// Who may begin: tasks that hold slots, and tasks that wait for them.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"
#include "workers/needs.h"

namespace orch::engine {

/// A task by run and ticket; a run itself has the ticket 0.
struct SlotKey {
  store::ExecutionId run{};
  execution::EventId ticket = 0;

  friend auto operator<=>(const SlotKey&, const SlotKey&) = default;
};

/// A share of something that is limited.
struct SlotNeed {
  std::string slot;   ///< what is counted: "connection postgresql://db1:5432/ledger"
  std::string label;  ///< for people: "connection core"
  std::optional<std::int64_t> at_once = {};
  std::optional<workers::Rate> rate = {};
};

struct Applicant {
  SlotKey key;
  store::ExecutionId root{};  ///< the run that the task is of, or of whose iteration
  std::string group;          ///< what is treated alike: the pipeline, or the workflow
  std::int64_t priority = 0;  ///< the larger goes first
  std::vector<SlotNeed> needs;
  Instant since{};  ///< when it began to wait or to hold
};

/// An applicant gets all its slots at once, or waits with none. Next is the one of the highest
/// priority; of those the one whose pipeline holds least, then whose run holds least, then who came
/// first. One that waits for a full slot keeps its share of the others from those after it, so that
/// no task that needs two is passed for ever. Pure: the time is told. A limit is the latest told.
class Slots {
 public:
  /// Joins those that wait; one that waits already keeps its place, one that holds stays.
  void wait(Applicant applicant);
  /// Neither waits nor holds from now on.
  void drop(const SlotKey& key);
  /// A grant that did not come about: it waits again, where it was.
  void take_back(const SlotKey& key);

  /// True: it must wait, whatever is free.
  using Barred = std::function<bool(const Applicant&)>;
  /// Those that begin now, in their order. `now` never goes back.
  std::vector<SlotKey> grant(Instant now, const Barred& barred);
  /// Until a rate lets something begin that nothing else keeps, as of the last grant().
  Millis patience(Instant now) const;

  const Applicant* holder(const SlotKey& key) const;
  const Applicant* waiter(const SlotKey& key) const;
  bool any_wait() const { return !waiting_.empty(); }
  std::vector<SlotKey> waiters_of(store::ExecutionId run) const;
  /// All that wait, in no order that counts.
  std::vector<const Applicant*> waiters() const;
  std::int64_t held(const std::string& slot) const;
  /// What `applicant` waits for; null: for nothing that is full or too fast.
  const SlotNeed* lacking(const Applicant& applicant, Instant now) const;

 private:
  struct Slot {
    std::int64_t held = 0;
    std::int64_t counted = 0;    ///< the largest count of a rate
    std::deque<Instant> starts;  ///< the latest, as many as that
  };
  struct Limit {
    std::optional<std::int64_t> at_once;
    std::optional<workers::Rate> rate;
  };
  struct Entry {
    Applicant applicant;
    std::int64_t place = 0;
  };
  /// Applicants that differ in their tasks alone, by place: only the first of them needs a look.
  using Line = std::map<std::int64_t, SlotKey>;
  using Shares = std::map<std::string, std::int64_t>;  ///< by slot
  struct Verdict {
    bool lacks_slot = false;
    std::optional<Instant> opens_at;  ///< until then a rate keeps it
  };
  /// Smaller goes first.
  using Rank = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

  static std::string line_of(const Applicant& applicant);
  void enqueue(Entry entry);
  void learn(const Applicant& applicant);
  void hold(Entry entry, Instant now);
  Rank rank(const Line& line) const;
  Verdict judge(const Applicant& applicant, const Shares& reserved, Instant now) const;
  bool full(const SlotNeed& need, std::int64_t reserved) const;
  /// When the rate lets the next begin; unset: now.
  std::optional<Instant> opens(const SlotNeed& need, Instant now) const;

  std::map<SlotKey, Entry> holding_;
  std::map<SlotKey, Entry> waiting_;
  std::map<std::string, Line> lines_;
  std::map<std::string, Slot> slots_;
  /// By slot and label: two connections to one database may have limits of their own.
  std::map<std::pair<std::string, std::string>, Limit> limits_;
  std::map<std::string, std::int64_t> by_group_;  ///< how many hold
  std::map<store::ExecutionId, std::int64_t> by_root_;
  std::int64_t next_place_ = 0;
  std::optional<Instant> opens_at_;  ///< when the first rate does that keeps somebody
};

}  // namespace orch::engine
