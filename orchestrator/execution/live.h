// The live state of an execution: what folding its events gives. Internal to the machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/definition.h"
#include "orchestrator/execution/execution.h"

namespace orch::execution {

/// Where a thread stands between two turns.
enum class Phase : std::uint8_t {
  ready,      ///< enters `next` with `payload`
  executing,  ///< inside a state; never between two turns
  task,       ///< a task is scheduled, or a map run is under way
  retrying,   ///< waits for `timer`, then repeats the attempt
  waiting,    ///< a Wait state, until `timer`
  joining,    ///< a Parallel or Map state, until the children are done
  rerun,      ///< executes its state again after a redrive
  broken,     ///< its state failed or was aborted; only a redrive moves it
  done,       ///< left its last state; `payload` is its output
};

/// The children of a Parallel or Map state that is being executed.
struct Join {
  std::string map_run;        ///< not empty: the children are executions of their own
  EventId map_run_id = 0;     ///< of its MapRunStarted
  std::int64_t redrives = 0;  ///< of the map run
  Instant redriven_at;        ///< the latest
  std::int64_t length = 0;    ///< branches, or items
  std::int64_t started = 0;   ///< children [0, started) exist or have ended
  std::int64_t ended = 0;     ///< Map: iterations that succeeded
  std::optional<std::int64_t> max_concurrency;
  json::Payload items;               ///< Map: the array; distributed, also an object
  std::vector<std::string> results;  ///< JSON text by index, of those that succeeded
};

/// Of a thread, what can be copied as it is.
struct ThreadFacts {
  Thread id;
  Phase phase = Phase::ready;
  EventId last = 0;  ///< the event the next one of this thread follows from

  std::string next;         ///< ready: the state to enter
  json::Payload payload;    ///< ready: its input; done: the output
  bool input_lost = false;  ///< ready: an iteration that ended before its input was recorded

  /// Of an iteration whose item is not in the owner's array: its value.
  const boost::json::value* item = nullptr;

  const asl::State* state = nullptr;
  EventId entered = 0;       ///< id of its …StateEntered
  EventId before_entry = 0;  ///< the event that this one follows from
  Instant entered_at;
  json::Payload input;  ///< as entered

  EventId timer = 0;  ///< the event whose `due` counts
  Instant due;

  Ticket ticket{};
  json::Payload parameters;
  std::string token;
  bool begun = false;
  bool submitted = false;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;

  std::vector<std::int64_t> retries;  ///< used up, by retrier
  std::int64_t retry_count = 0;

  std::map<std::string, json::Payload, std::less<>> variables;  ///< of this scope
};

struct ThreadState : ThreadFacts {
  ThreadState* parent = nullptr;
  std::unique_ptr<Join> join;
  std::map<std::int64_t, std::unique_ptr<ThreadState>> children;

  /// The value of a variable here: of this scope or one around it. Null when it is not set.
  const json::Payload* variable(std::string_view name) const;
};

/// Whether the Map state that `owner` executes may start another iteration now.
bool can_start(const ThreadState& owner);

/// The task, or map run, that the thread has scheduled.
OpenTask open_task_of(const ThreadState& thread);

/// What a Map state's iteration works on.
struct Item {
  const boost::json::value* value = nullptr;
  std::string_view key;  ///< of a distributed Map over an object; null data: over an array
};
Item item_of(const ThreadState& iteration);

/// Of an execution, what can be copied as it is.
struct LiveFacts {
  std::shared_ptr<const asl::Workflow> workflow;
  Identity identity;
  Status status = Status::running;
  EventId last_event = 0;
  Instant started_at;
  std::optional<Instant> redriven_at;
  std::int64_t redrive_count = 0;
  json::Payload output;
  std::optional<std::string> error;
  std::optional<std::string> cause;
  EventId deadline_timer = 0;  ///< event whose `due` ends the execution
  Instant deadline;
  std::optional<bool> more;                                 ///< Execution::has_more(), when known
  std::shared_ptr<const boost::json::value> given_context;  ///< of a trial: stands in for it
  std::string shown_state;  ///< of a trial: every state's name there
  /// What the states of the execution's own flow were last entered with.
  std::map<std::string, json::Payload, std::less<>> inputs;
};

struct Live : LiveFacts {
  Live(std::shared_ptr<const asl::Workflow> the_workflow, Identity the_identity) {
    workflow = std::move(the_workflow);
    identity = std::move(the_identity);
  }
  /// For another thread: what both have of a payload is its text.
  Live(const Live& other);
  Live& operator=(const Live&) = delete;

  /// Folds one event.
  void evolve(const Event& event);
  ThreadState* find(const Thread& id);

  ThreadState root;
  /// Threads whose current Parallel or Map state has children, by the state's entered id.
  std::unordered_map<EventId, ThreadState*> owners;
  std::unordered_map<EventId, ThreadState*> tickets;  ///< open tasks
  std::unordered_map<EventId, ThreadState*> timers;   ///< open timers but the deadline
  std::shared_ptr<boost::json::value> context;  ///< the latest context object, see context.cpp

 private:
  void enter(ThreadState& thread, const Event& event);
  void leave(ThreadState& thread, const Event& event);
  void start_join(ThreadState& thread, const Event& event);
  void fold_task(ThreadState& thread, const Event& event, TaskStage stage);
  void fold_state(ThreadState& thread, const Event& event);
  void fold_iteration(const Event& event);
  void fold_execution(const Event& event);
  void redrive(const Event& event);
  void resume(ThreadState& thread);
  void schedule(ThreadState& thread, const Event& event);
  void set_timer(ThreadState& thread, const Event& event);
  void settle(ThreadState& thread, Phase phase);
  void drop_children(ThreadState& thread);
};

}  // namespace orch::execution
