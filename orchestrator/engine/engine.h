// The engine: one thread that decides, commits and dispatches, and the pool that does the work.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "orchestrator/engine/completion.h"
#include "orchestrator/engine/limits.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/store/store.h"
#include "workers/worker.h"

namespace orch::engine {

class NestedStarts;
struct Fire;
struct Fired;

struct Options {
  int workers = 0;               ///< worker threads; 0: as many as suit the machine
  Millis store_give_up{60'000};  ///< how long a failing store is tried again
  /// Of runs that clients of the service's API start.
  execution::Quotas service_quotas = {};
  /// Whether an activity exists that a definition of the same runs names; empty: all do. Called on
  /// the engine's thread.
  std::function<bool(const std::string& arn)> activity_exists = {};
  /// What runs may reach that clients of the API started or defined, and runs that those start;
  /// null: the same as others, which reach what this process can.
  std::shared_ptr<const access::Policy> access = {};
  /// What tasks of states:startExecution ask for that no binding serves; null: workers do them.
  std::shared_ptr<NestedStarts> nested = {};
  /// Schedules of pipelines fire, and fires that wait in a queue are started.
  bool triggers = false;
  /// The time that schedules go by; empty: the wall clock.
  std::function<Instant()> wall = {};
  Limits limits = {};
};

/// The task of another run that asks for a run and does not wait for its end.
struct Starter {
  std::string run;          ///< its id
  std::int64_t ticket = 0;  ///< of the task
};

/// What to run.
struct Submission {
  std::string name;          ///< unique within the workflow; empty: the run's id
  std::string workflow;      ///< name of the definition, for people
  std::string definition;    ///< its text; of a run with a `service.arn` it may be empty
  std::string input = "{}";  ///< JSON text
  std::string connections;   ///< path of the connections file; may be empty
  /// Of a run that a client of the service's API starts: resources without a worker then fail
  /// their state instead of the submission.
  store::ServiceLink service = {};
  std::optional<Starter> starter = {};
  /// Random, chosen by the submitter: the same again makes no second run. May be empty.
  std::string request = {};
  /// Instead of the text: the store has the definition with this store::definition_hash().
  std::string definition_hash = {};
  std::optional<store::PipelineLink> pipeline = {};  ///< that it belongs to, see fires.h
};

struct Submitted {
  std::string run_id;
  bool existed = false;  ///< the same submission was made before
  bool again = false;    ///< by the same task or request: this is a second delivery of it
  std::string arn = {};  ///< as the row has it: empty for runs of `orch submit`
  Instant started_at = {};
  bool running = true;  ///< it has not ended
  /// Why there is no run: the pipeline that it would be of does not allow it now. Empty: there is.
  std::string declined = {};
};

/// How to continue a run that has ended without success, or is paused.
struct Redrive {
  std::string from;                       ///< state of the run's own flow; empty: what failed
  std::string input;                      ///< JSON text; empty: the recorded input
  std::optional<std::string> definition;  ///< a corrected definition's text
  std::string connections = {};           ///< path of another connections file; empty: as before
  std::string catalog = {};  ///< path of a catalog to read instead of the input's; empty: as before
  std::string request = {};  ///< as in Submission: the same again resumes nothing twice
};

/// A task of an activity, for a worker outside.
struct ActivityTask {
  std::string token;  ///< completes the task, also after a restart
  std::string input;  ///< JSON text
};

/// What somebody who holds a task's token reports.
struct TokenReport {
  enum class Kind : std::uint8_t { success, failure, heartbeat };
  Kind kind = Kind::heartbeat;
  std::string output;                ///< success: JSON text
  std::optional<std::string> error;  ///< failure
  std::optional<std::string> cause;
};

/// Is told what is committed. Called on the engine's thread (on_progress: on worker threads); must
/// be quick, must not call the engine and must not throw.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `events` may be empty: the run took part in a turn that recorded none, and its row may have
  /// changed (it waits for another run).
  virtual void on_events(const store::ExecutionRow& run,
                         std::span<const execution::Event> events) = 0;
  virtual void on_progress(const std::string& run_id, execution::Ticket ticket,
                           const workers::Progress& progress) = 0;
  /// A task of the activity waits for somebody to take it.
  virtual void on_activity_task(const std::string& /*activity*/) {}
};

/// Runs executions of one store. All functions are thread-safe; those that return are done once
/// what they did is committed.
class Engine {
 public:
  /// `store` (as owner), `registry` and `observer` must outlive the engine. Continues all runs
  /// that were under way and are not paused.
  Engine(store::Store& store, const workers::Registry& registry, Options options = {},
         Observer* observer = nullptr);
  /// Stops without waiting for running tasks' results; what was committed continues at the next
  /// start.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Throws InvalidDocument (ORCH-0101), Error ORCH-0202 (name taken), ORCH-0204 (no worker).
  Submitted submit(const Submission& submission);
  /// Like submit(), without waiting for the commit: the future gives the result or the error.
  std::future<Submitted> start(Submission submission);
  /// Continues a run that has ended without success, or is paused; one that is under way is left as
  /// it is. Returns the run's id. Throws Error ORCH-0203, ORCH-0205, InvalidDocument.
  std::string redrive(const std::string& run, const Redrive& redrive);
  /// Throws Error ORCH-0203 when there is no such run, ORCH-0205 when it has ended.
  std::string stop(const std::string& run, const std::string& error, const std::string& cause);
  /// No later engine continues the run, with its iterations and the executions its tasks wait for,
  /// until redrive() does; stop() ends it. Nothing happens when it has ended. For a process that is
  /// about to end: drain() comes next. Throws Error ORCH-0203 when there is no such run.
  void pause(const std::string& run);

  /// A trigger of a pipeline fires (fire.h): one run or one recorded reason. Throws Error ORCH-0802
  /// when there is no such pipeline, ORCH-0801 when this version cannot read it, and what
  /// Fire::also throws; then nothing is recorded.
  Fired fire(const Fire& fire);
  /// Pipelines were deployed, removed, paused or resumed, or fires were queued, by another
  /// connection to the store.
  void pipelines_changed();
  /// Holds a connection, a pipeline, a run or all of the server back, until release() or its end;
  /// also over restarts. Takes the place of an earlier hold of the same subject.
  void hold(const store::HoldRow& hold);
  /// False: nothing was held so.
  bool release(const std::string& subject);

  /// The oldest open task of the activity, which `worker` has begun; nothing when there is none.
  std::optional<ActivityTask> take_activity_task(const std::string& activity,
                                                 const std::string& worker);
  /// The worker that was to get this task of an activity did not: the next that asks gets it, with
  /// the same token. Nothing happens when the task is no longer open.
  void give_back(const std::string& token);
  /// Is refused with Error ORCH-0213: no such token; ORCH-0214: the task is no longer open;
  /// ORCH-0003: the output is not JSON. A report that comes before its task can take it is kept,
  /// for some seconds at most.
  [[nodiscard]] std::shared_ptr<Completion> report(const std::string& token,
                                                   const TokenReport& report);

  /// Changes the limits of a map run that is under way. Throws Error ORCH-0203 when there is none
  /// of this name, ORCH-0205 when it is over.
  void update_map_run(const std::string& name, const store::MapRunLimits& limits);

  /// Blocks until the run has ended and returns its row; that of a paused run at once. Throws the
  /// engine's fatal error.
  store::ExecutionRow wait(const std::string& run_id);
  /// Blocks until no run is under way, or the engine has failed.
  void wait_idle();
  /// Takes no more tasks and waits at most `patience` for those at work, then asks them to stop and
  /// waits as long again. What they report is committed; then nothing moves, and the runs
  /// continue with the next engine.
  void drain(Millis patience);

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace orch::engine
