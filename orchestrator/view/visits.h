// A run as its visits to states: when each began and ended, and every attempt in it. What a time
// line is drawn of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/view/projection.h"

namespace orch::view {

struct Attempt {
  execution::Ticket ticket{};
  Instant scheduled;
  std::optional<Instant> started;
  std::optional<Instant> ended;
  Outcome outcome = Outcome::running;
  std::optional<Failure> failure;
};

struct Visit {
  execution::EventId event = 0;  ///< its …StateEntered
  std::string state;
  std::string type;  ///< "Task", "Map", …
  /// The visit to the Map or Parallel state that it is in, and which iteration or branch of it.
  std::optional<execution::EventId> in;
  std::int64_t index = 0;
  Instant entered;
  std::optional<Instant> left;
  Outcome outcome = Outcome::running;
  std::optional<Failure> failure;  ///< the latest
  std::vector<Attempt> attempts;
  std::string input;                  ///< JSON text
  std::optional<std::string> output;  ///< likewise, once it has been left
};

/// Folds a run's events into its visits.
class Visits {
 public:
  /// `payloads`: with inputs and outputs.
  explicit Visits(bool payloads) : payloads_(payloads) {}

  /// The next event of the run.
  void add(const execution::Event& event);
  /// In the order in which they began.
  const std::vector<Visit>& visits() const { return visits_; }

 private:
  void enter(const execution::Event& event);
  void change(Visit& visit, const execution::Event& event);
  void end_all(const execution::Event& event);
  void resume(const execution::Event& event);

  bool payloads_;
  std::vector<Visit> visits_;
  std::map<execution::Thread, std::size_t> at_;  ///< the visit that each thread is in
};

}  // namespace orch::view
