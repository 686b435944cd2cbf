// A run as monitoring sees it: what is open in it, folded from its committed events.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "orchestrator/execution/event.h"
#include "orchestrator/store/store.h"

namespace orch::monitor {

/// A task's attempt that has no result yet.
struct WatchedTask {
  execution::Ticket ticket{};
  std::string resource;
  std::int64_t attempt = 0;  ///< from 0
  Instant scheduled;
  std::optional<Instant> started;
};

/// The state that a line of control is in.
struct WatchedState {
  execution::EventId entered = 0;
  std::string name;
  Instant since;
  std::optional<WatchedTask> task;
  std::optional<std::pair<execution::EventId, Instant>> map_run;  ///< its start, and when
};

/// What its worker has reported last, by its key and phase.
using Reported =
    std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::int64_t>>;

/// MapRunSucceeded, MapRunFailed, MapRunAborted.
bool is_map_run_end(execution::EventType type);

/// What has begun a run: an event of another run.
struct Beginning {
  std::string run;               ///< its id
  execution::EventId event = 0;  ///< the start of the map run, or the task
};

struct WatchedRun {
  std::string id;
  std::string name;
  std::string workflow;
  std::string trace_header;  ///< as its submitter gave it; may be empty
  std::string trace;         ///< id of the run whose trace it is part of: its own, or another's
  std::optional<Beginning> begun_by = {};
  bool child = false;  ///< an iteration of a distributed map
  bool waits = false;  ///< for another run
  bool paused = false;
  Instant started;
  execution::EventId last = 0;  ///< event
  std::map<execution::Thread, WatchedState> states;
  std::map<execution::Ticket, Reported> reported;

  explicit WatchedRun(const store::ExecutionRow& row);
  /// Takes over what the row says of it by now.
  void update(const store::ExecutionRow& row);
  /// What the event begins: before it is told.
  void open(const execution::Event& event);
  /// What it ends: after it was told.
  void close(const execution::Event& event);
  /// The state that the event belongs to; null: none, or it was not seen.
  const WatchedState* state_of(const execution::Event& event) const;

 private:
  void leave(execution::Thread thread);
  void close_task(execution::Thread thread);
};

}  // namespace orch::monitor
