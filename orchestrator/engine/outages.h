// Connections that do not answer, and when one is asked again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/limits.h"

namespace orch::engine {

/// The outages under way, by connection. A task of such a connection waits for at most the
/// connection's patience, since the outage began. Pure: the time is told.
class Outages {
 public:
  /// How often a connection that does not answer is asked, by the task that is first then.
  explicit Outages(Millis interval) : interval_(interval) {}

  void load(const std::vector<store::OutageRow>& rows);

  /// It did not answer. False: that is known.
  bool begin(const std::string& connection, Instant now, const std::string& reason,
             std::optional<Millis> patience);
  /// It has answered: the outage with its end, if there was one.
  std::optional<store::OutageRow> end(const std::string& connection, Instant now);

  bool any() const { return !open_.empty(); }
  const store::OutageRow* find(const std::string& connection) const;
  /// Whether tasks wait for it.
  bool keeps(const std::string& connection, Instant now) const;
  void set_patience(const std::string& connection, std::optional<Millis> patience);
  /// True: the task that asks for it is to see whether it answers; no other one is before the next
  /// interval is over.
  bool ask_now(const std::string& connection, Instant now);
  /// Those that it is time to ask: ask_now() is true for the next that comes.
  std::vector<std::string> send(Instant now);
  /// True when tasks no longer wait for one of them that did the last time.
  bool gave_up(Instant now);
  /// When a task is to be sent, or tasks no longer wait; Instant::max(): never.
  Instant next(Instant now) const;

 private:
  struct Open {
    store::OutageRow row;
    std::optional<Millis> patience;
    Instant ask_at;
    bool sent = false;      ///< somebody who has not asked yet
    bool given_up = false;  ///< gave_up() has told
  };
  Millis interval_;
  std::map<std::string, Open> open_;
};

}  // namespace orch::engine
