// What does a task: one interface for all built-in work.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/access/policy.h"
#include "workers/needs.h"
#include "workers/outside.h"

namespace orch::workers {

/// One attempt to do a Task state's work. It may be delivered twice (after a crash); its effects
/// must not happen twice. `run`, `ticket` and `attempt` identify it, `fence` orders deliveries.
struct Task {
  std::string run;       ///< id of the execution
  std::string run_name;  ///< its name
  std::string store;     ///< id of the run store that issued `fence`
  std::string state;     ///< name of the Task state
  std::string resource;  ///< "orch:stage"
  std::int64_t ticket = 0;
  std::int64_t attempt = 0;  ///< from 0
  std::int64_t fence = 0;    ///< only grows within one store: a later delivery has a larger one
  std::filesystem::path connections;  ///< the run's connections file; may be empty
  std::int64_t resumes = 0;           ///< how often the run has been resumed
  std::filesystem::path catalog =
      {};  ///< file to read instead of the input's catalog; may be empty
  boost::json::value input;
  /// What the task may reach; null: whatever this process may.
  std::shared_ptr<const access::Policy> access = nullptr;
};

/// What a worker tells about work that goes on; the latest one counts.
struct Progress {
  std::string key;    ///< metadata key of the table, or another name for people
  std::string phase;  ///< "staging", "verifying", …
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> expected_rows;  ///< an estimate
};

/// The run that has what another one wants for itself.
struct Holder {
  std::string run;                 ///< its id
  std::string name;                ///< its name
  std::vector<std::string> names;  ///< of those that are wanted
};

/// The way back to the engine. All functions are thread-safe and cheap (call them per batch, not
/// per row).
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  /// True when the result is no longer wanted (stop, timeout, shutdown): throw Cancelled soon.
  virtual bool stop_requested() const = 0;
  /// Counts as a heartbeat too.
  virtual void report(const Progress& progress) = 0;
  virtual void heartbeat() = 0;
  /// Makes `names` the run's own, beside those it has: no other run of the store gets one of them
  /// before this run has ended, or rests. Returns the run that is in the way; then nothing has
  /// changed. Where tasks are done for runs of others every claim succeeds.
  virtual std::optional<Holder> claim(const std::vector<std::string>& /*names*/) {
    return std::nullopt;
  }
  /// Asks for the task's share of what it needs, which it has until it ends. A worker that finds
  /// out that it needs more asks again: it waits for what is held back then, and gets no further
  /// slot. Where tasks are done for runs of others nothing is limited.
  virtual Admitted admit(const Needs& /*needs*/) { return {}; }
  /// These connections of Admitted::ask_first have answered.
  virtual void answered(const std::vector<std::string>& /*connections*/) {}
};

/// The task failed: becomes the state's Error and Cause. An orch::Error or any other exception
/// that leaves run() becomes TaskFailed with the error name "States.TaskFailed".
class TaskFailed : public std::exception {
 public:
  /// `error` is a name such as "Connection.Down"; `message` says what, where, found against
  /// expected; neither contains a secret. `details` is added to the JSON of the cause.
  TaskFailed(std::string error, const std::string& message, const std::string& hint = {},
             const std::string& code = {}, boost::json::object details = {});

  /// A failure whose cause is `cause` as it stands: what another service said.
  static TaskFailed with_cause(std::string error, std::string cause);

  const std::string& error() const noexcept { return error_; }
  /// JSON text: {"message", "hint"?, "code"?, …details}; of with_cause() any text.
  const std::string& cause() const noexcept { return cause_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string error_;
  std::string message_;
  std::string cause_;
};

/// Throws TaskFailed "Access.Denied" (ORCH-0670) when there is a refusal.
void deny(const std::optional<access::Refusal>& refusal);

/// Thrown by a worker that noticed stop_requested().
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "cancelled"; }
};

/// Thrown by a worker whose claim shall be waited for: the task is delivered again once no other
/// run is in the way of `names`.
class Waits : public std::exception {
 public:
  explicit Waits(std::vector<std::string> names) : names_(std::move(names)) {}
  const std::vector<std::string>& names() const noexcept { return names_; }
  const char* what() const noexcept override { return "waits for another run"; }

 private:
  std::vector<std::string> names_;
};

/// Thrown by a worker that may not go on yet: TaskContext::admit() keeps the task.
class NotAdmitted : public std::exception {
 public:
  const char* what() const noexcept override { return "waits to be admitted"; }
};

/// The failure "Run.Overlaps" (ORCH-0215) of a claim that is not waited for.
TaskFailed overlaps(const Holder& holder);

class Worker {
 public:
  virtual ~Worker() = default;
  /// Does the work and returns the task's result. Blocks; called on a worker thread, by several
  /// at once. Throws TaskFailed, Cancelled, Waits, orch::Error.
  virtual boost::json::value run(const Task& task, TaskContext& context) = 0;
};

/// Workers by resource name.
class Registry {
 public:
  /// `resource` may hold `*`, which stands for any text; the first that fits serves. The worker
  /// gets no task that demands what the task's access policy refuses: that fails with
  /// Access.Denied.
  void add(std::string resource, std::unique_ptr<Worker> worker);
  /// As add(), before all that add() has been told of; what the worker gets is its own business.
  void bind(std::string resource, std::unique_ptr<Worker> worker);
  /// Null when there is none.
  Worker* find(std::string_view resource) const;
  /// Whether a worker of bind() serves the resource.
  bool is_bound(std::string_view resource) const;
  std::vector<std::string> resources() const;

  void set_needing(std::unique_ptr<Needing> needing) { needing_ = std::move(needing); }
  /// Null: tasks need nothing that is limited.
  const Needing* needing() const { return needing_.get(); }

  void set_outside(std::unique_ptr<Outside> outside) { outside_ = std::move(outside); }
  /// Throws TaskFailed "Resource.Unknown" when there is none.
  Outside& outside() const;

 private:
  using Entry = std::pair<std::string, std::unique_ptr<Worker>>;
  std::vector<Entry> bound_;
  std::vector<Entry> workers_;
  std::unique_ptr<Needing> needing_;
  std::unique_ptr<Outside> outside_;
};

/// All workers of the product.
Registry built_in();

}  // namespace orch::workers
