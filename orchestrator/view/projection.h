// A run's events as people ask about them: which states, how often, which tables, how far, and what
// went wrong. Folds events one by one, so that a follower reads each event once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/execution/event.h"

namespace orch::view {

/// An error and its cause, taken apart. Our workers' causes are JSON with these members; any other
/// cause is the message.
struct Failure {
  std::string error;
  std::string message;
  std::string hint;
  std::string code;
  std::string key;         ///< metadata key
  std::string connection;  ///< the connection in question
  std::string cause;       ///< as recorded

  friend bool operator==(const Failure& a, const Failure& b) {
    return a.error == b.error && a.cause == b.cause;
  }
};

Failure failure_of(const std::optional<std::string>& error,
                   const std::optional<std::string>& cause);

enum class Outcome : std::uint8_t {
  waiting,
  running,
  retrying,
  succeeded,
  caught,
  failed,
  aborted
};

/// "waiting", "running", …; "caught" is a failure that a Catch took.
const char* to_string(Outcome outcome);

/// One state of the definition, all its executions together.
struct StateLine {
  std::string name;
  std::string type;  ///< "Task", "Map", …
  int depth = 0;     ///< 0: the execution's own flow
  std::int64_t entered = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t caught = 0;
  std::int64_t failed = 0;
  std::int64_t aborted = 0;
  std::int64_t attempts = 0;                 ///< of a Task: how often work was handed out
  std::int64_t length = 0;                   ///< of a Map: items
  std::vector<execution::EventId> map_runs;  ///< of a distributed Map: its MapRunStarted events
  Instant first;
  Instant last;                    ///< of the latest event
  std::optional<Instant> due;      ///< waiting or pausing before a retry, until
  std::optional<Failure> failure;  ///< the latest

  Outcome outcome() const;
};

/// One state's work on a table.
struct Step {
  std::string state;
  std::string resource;  ///< as in the definition
  Outcome outcome = Outcome::waiting;
  execution::Ticket ticket{};  ///< of the latest attempt
  std::int64_t attempts = 0;
  Instant first;  ///< start of the latest visit
  Instant last;
  std::optional<std::int64_t> rows;
  std::optional<Instant> due;      ///< retrying: next attempt
  std::optional<Failure> failure;  ///< of the latest attempt that failed
  boost::json::object output;      ///< of the worker, when it succeeded
};

/// One table, by its metadata key: the tasks whose parameters name it.
struct TableLine {
  std::string key;
  Outcome outcome = Outcome::waiting;
  std::vector<Step> steps;  ///< in the order of their first attempts

  /// Rows and rate of the first step that counted rows (the staging).
  std::optional<std::int64_t> rows() const;
  std::optional<double> rows_per_second() const;
  /// Bytes that were read of the source.
  std::optional<std::int64_t> bytes() const;
  /// A resume of the run found the table's entry in the catalog changed, and went by that.
  bool entry_changed() const;
  /// Attempts of the step that needed most.
  std::int64_t attempts() const;
  /// Time spent in its steps, the present one until `now`; not the time between a failure and the
  /// resume.
  Millis duration(Instant now) const;
  std::optional<Instant> last() const;
  /// Of the last step, when it failed.
  const Failure* failure() const;
};

/// The metadata key that a task's parameters name, {"table": {"key"}} or {"key"}; else empty.
std::string key_in(const json::Payload& parameters);

/// A connection as the latest health check saw it.
struct ConnectionLine {
  std::string name;
  std::string engine;
  std::string status;  ///< "up", "degraded", "down"
  std::string reason;
  std::optional<double> latency_ms;
};

struct Overview {
  std::vector<StateLine> states;  ///< in the order they were first entered
  std::vector<TableLine> tables;  ///< in the order of the catalog, else of their first task
  std::vector<ConnectionLine> connections;
  std::vector<std::string> files;  ///< that the report wrote
  std::int64_t events = 0;
  std::int64_t redrives = 0;
  Instant started;
  Instant last;                    ///< of the latest event
  std::optional<Failure> failure;  ///< that ended the run
};

class Projection {
 public:
  /// Folds the next event of the run.
  void add(const execution::Event& event);
  const Overview& overview() const { return overview_; }
  execution::EventId last_event() const { return last_event_; }

 private:
  enum class Stand : std::uint8_t { open, failed, aborted };
  /// The state that a line of control is in.
  struct Place {
    std::size_t state = 0;  ///< index into states
    Stand stand = Stand::open;
    std::string resource;  ///< Task: of the latest attempt
    std::optional<std::size_t> table;
    std::size_t step = 0;
  };
  /// A Map or Parallel state that has children.
  struct Owner {
    execution::Thread thread;
    std::size_t state = 0;
  };

  void enter(const execution::Event& event);
  void leave(const execution::Event& event);
  void schedule(const execution::Event& event);
  void succeed(const execution::Event& event);
  void fail(const execution::Event& event);
  void retry(const execution::Event& event);
  void end_iteration(const execution::Event& event, Outcome outcome);
  void end_execution(const execution::Event& event);
  void redrive(const execution::Event& event);
  void add_other(const execution::Event& event);

  Place* place(const execution::Event& event);
  Step* step_of(const Place& place);
  void settle(Place& place, Stand stand);
  std::size_t state_line(const execution::Event& event);
  std::size_t table_line(const std::string& key);
  void begin_step(Place& place, const execution::Event& event, const std::string& key);
  void remember_table(execution::Thread thread, std::size_t table);
  void read_output(const std::string& resource, const boost::json::object& output);

  Overview overview_;
  execution::EventId last_event_ = 0;
  std::unordered_map<std::string, std::size_t> states_;
  std::unordered_map<std::string, std::size_t> tables_;
  std::map<execution::Thread, Place> places_;
  std::unordered_map<execution::EventId, Owner> owners_;    ///< by the id of the state's entry
  std::map<execution::Thread, std::size_t> thread_tables_;  ///< the table an iteration works on
};

}  // namespace orch::view
