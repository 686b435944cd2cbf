// Who holds slots and who waits for them, what is held back by people, and when connections did not
// answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::store {

/// How a hold treats what is under way.
enum class HoldMode : std::uint8_t {
  pause,   ///< tasks at work are stopped, and done again after the release
  drain,   ///< tasks at work go on, none begins
  finish,  ///< runs that were under way go on to their end
};

const char* to_string(HoldMode mode);
/// Throws Error ORCH-0740 for any other word.
HoldMode hold_mode_from(const std::string& text);

/// Something that is held back.
struct HoldRow {
  /// "server", "connection NAME", "pipeline NAME" or "run ID".
  std::string subject;
  HoldMode mode = HoldMode::drain;
  Instant since{};
  std::optional<Instant> until = {};  ///< it ends by itself then
  std::string reason = {};
  std::string by = {};  ///< the person

  friend bool operator==(const HoldRow&, const HoldRow&) = default;
};

/// A slot that a task holds, or what it waits for. Of a run itself the ticket is 0.
struct SlotRow {
  ExecutionId execution{};
  execution::EventId ticket = 0;
  std::string slot;   ///< what is counted; of one that waits: what is full, may be empty
  std::string label;  ///< for people: "connection core"; of one that waits: for what it waits
  std::optional<std::int64_t> at_once = {};
  bool held = false;
  Instant since{};

  friend bool operator==(const SlotRow&, const SlotRow&) = default;
};

/// A time in which a connection did not answer.
struct OutageRow {
  std::string connection;
  Instant since{};
  std::optional<Instant> until = {};  ///< unset: it has not answered yet
  std::string reason = {};            ///< what was said when it was noticed

  friend bool operator==(const OutageRow&, const OutageRow&) = default;
};

/// See Store::limits(). What changes rows is called while a Turn of the same store lives, and is
/// committed with it. Slots are a record for readers: nothing is decided by them, and the next
/// owner begins without any. A damaged hold is an Error ORCH-0206.
class Limits {
 public:
  virtual ~Limits() = default;

  /// By subject; those whose time is over included.
  virtual std::vector<HoldRow> holds() = 0;
  /// Adds it, or replaces that of the same subject.
  virtual void put_hold(const HoldRow& hold) = 0;
  /// False: there is none.
  virtual bool remove_hold(const std::string& subject) = 0;

  /// By execution and ticket.
  virtual std::vector<SlotRow> slots() = 0;
  /// Replaces those of one task; `rows` are all its.
  virtual void set_slots(ExecutionId execution, execution::EventId ticket,
                         std::span<const SlotRow> rows) = 0;
  virtual void clear_slots() = 0;

  /// Newest first; of all connections when `connection` is empty. At most `limit`, -1: all.
  virtual std::vector<OutageRow> outages(const std::string& connection, std::int64_t limit) = 0;
  /// Adds it, or replaces the one with the same connection and beginning.
  virtual void put_outage(const OutageRow& outage) = 0;
};

}  // namespace orch::store
