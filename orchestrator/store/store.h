// The seam between the engine and what keeps its state.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/execution/event.h"
#include "orchestrator/execution/status.h"

namespace orch::store {

class Limits;
class Machines;
class Pipelines;
class Projects;
class UnderDecision;

/// The store's own number of an execution.
enum class ExecutionId : std::int64_t {};

/// What clients of the service's API gave a run or see of it; empty for runs of `orch submit`.
struct ServiceLink {
  std::string arn;          ///< of the execution
  std::string machine_arn;  ///< without version or alias
  std::string role;
  std::string trace_header;
  std::string alias;                         ///< that it was started through; may be empty
  std::optional<std::int64_t> revision;      ///< of the state machine, see store/machines.h
  std::optional<std::int64_t> version = {};  ///< that it was started with
  bool express = false;
};

/// The map run that a run is a part of.
struct ParentLink {
  ExecutionId execution{};
  execution::EventId map_run = 0;  ///< id of the parent's MapRunStarted event
  std::int64_t index = 0;          ///< which child of it, from 0
  std::int64_t items = 1;          ///< how many items it got
};

/// The task that started a run.
struct StarterLink {
  ExecutionId execution{};
  execution::EventId ticket = 0;
  bool waits = false;  ///< the task ends with this run, and this run with the task

  friend bool operator==(const StarterLink&, const StarterLink&) = default;
};

/// The pipeline that a run belongs to, and what fired it.
struct PipelineLink {
  std::string pipeline;
  std::int64_t revision = 0;  ///< number of it
  std::string trigger;        ///< its name in the pipeline
  std::string kind;           ///< of the trigger: "schedule", "files", "manual", …
  Instant fire_time;          ///< what the run is for; it may start later
  std::optional<std::int64_t> backfill = {};  ///< id of the backfill that asked for it
};

struct NewExecution {
  std::string run_id;
  std::string name;      ///< unique among the runs of the workflow
  std::string workflow;  ///< name of the definition, for people; of the state machine
  std::string definition_hash;
  std::string input;        ///< JSON text as submitted
  std::string connections;  ///< path of the connections file; may be empty
  Instant started_at;
  ServiceLink service;
  std::optional<ParentLink> parent;
  std::optional<StarterLink> starter = {};
  /// The request that made the run, or last resumed it: random, chosen by the client; may be empty.
  std::string request = {};
  std::optional<PipelineLink> pipeline = {};
};

/// Limits of a map run that an update has changed.
struct MapRunLimits {
  std::optional<std::int64_t> max_concurrency;  ///< 0: none
  std::optional<std::int64_t> tolerated_count;
  std::optional<double> tolerated_percentage;
};

struct MapRunRow {
  std::string name;  ///< "LABEL:UUID"
  ExecutionId execution{};
  execution::EventId event = 0;  ///< its MapRunStarted
  std::optional<std::int64_t> items = {};
  MapRunLimits limits = {};
};

/// How many children of a map run have a status, and how many items those got.
struct ChildCounts {
  execution::Status status = execution::Status::running;
  std::int64_t children = 0;
  std::int64_t items = 0;
};

/// Those children with one status whose index divided by the size of a bucket is `bucket`.
struct ChildBucket {
  std::int64_t bucket = 0;
  execution::Status status = execution::Status::running;
  std::int64_t children = 0;
};

struct ExecutionRow {
  ExecutionId id{};
  NewExecution made;
  execution::Status status = execution::Status::running;
  std::optional<Instant> ended_at;
  std::optional<std::string> output;  ///< JSON text
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::int64_t redrive_count = 0;
  /// Under way, but nothing continues it until it is resumed. Its parts are not marked themselves.
  std::optional<Instant> paused_at = {};
  /// Why the engine paused it; unset: somebody did.
  std::optional<std::string> set_aside = {};
  /// The run whose end this one waits for, with all its tasks, because both claim a name.
  std::optional<ExecutionId> waits_for = {};
  std::int64_t resumes = 0;  ///< after a failure, a stop or a pause
  std::string catalog = {};  ///< file that is read instead of the input's catalog; may be empty
  /// Where and how the row differs from what was written; empty: it does not. Such a row must not
  /// be worked with.
  std::string damage = {};
};

/// A run that was being decided when a process died.
struct Suspect {
  ExecutionId run{};
  std::int64_t deaths = 0;  ///< in a row

  friend bool operator==(const Suspect&, const Suspect&) = default;
};

/// The names that a run under way has for itself, or waits for.
struct ClaimRow {
  ExecutionId execution{};
  std::vector<std::string> names;
  std::optional<ExecutionId> waits_for = {};
};

struct ProgressRow {
  execution::Ticket ticket{};
  std::string key;
  std::string phase;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> expected_rows;
  Instant at;
};

/// What a run is doing or how it has ended, in the words of `orch status`.
enum class Standing : std::uint8_t {
  running,    ///< under way, and nothing is in its way
  waiting,    ///< for another run
  paused,     ///< by somebody
  set_aside,  ///< paused by the engine
  succeeded,
  failed,
  timed_out,
  stopped
};

struct ListFilter {
  std::optional<execution::Status> status = {};
  std::int64_t limit = 50;
  std::optional<std::string> workflow = {};
  std::optional<Instant> not_before = {};     ///< started then or later
  std::optional<Instant> before = {};         ///< started earlier
  std::optional<std::string> named = {};      ///< its name has this in it, whatever the case
  std::optional<std::string> failed_by = {};  ///< its error or cause has this in it, likewise
  /// Of a state machine with this tag; without a value: whatever its value.
  std::optional<std::pair<std::string, std::optional<std::string>>> tag = {};
  std::optional<std::int64_t> version = {};  ///< started with this version of the state machine
  std::optional<std::string> alias = {};     ///< started through this alias
  std::optional<bool> redriven = {};
  std::optional<std::string> pipeline = {};  ///< name of the pipeline that it belongs to
  /// Of one of the pipelines with these names; empty: none is.
  std::optional<std::vector<std::string>> pipelines = {};
  bool paused = false;                   ///< only those that are paused; `status` is then running
  bool express = true;                   ///< with express executions
  bool children = false;                 ///< with the iterations of distributed maps
  std::vector<Standing> standings = {};  ///< one of these; none: any
  std::optional<std::vector<ExecutionId>> among = {};  ///< one of these
  /// Children of the map run that this execution began with this event; implies `children`.
  std::optional<std::pair<ExecutionId, execution::EventId>> map_run = {};
  /// Only what a list shows behind this row.
  std::optional<std::pair<Instant, ExecutionId>> behind = {};
};

/// "arn:…:mapRun:MACHINE/LABEL:UUID" of the map run `name` ("LABEL:UUID") of a machine.
std::string map_run_arn(std::string machine_arn, std::string_view name);

/// What $$.Execution.Id and $$.StateMachine.Id are. A run that no client of the service started has
/// an ARN as well, of the service's default region and account: definitions take it apart.
std::string execution_arn(const NewExecution& made);
std::string machine_arn(const NewExecution& made);

/// Throws Error ORCH-0206 when the row is damaged.
void require_sound(const ExecutionRow& row);

/// Error ORCH-0206 for what is written nowhere else than in `message`.
[[noreturn]] void refuse_damaged(const std::string& message);

/// Names a definition by its text: 32 hexadecimal digits.
std::string definition_hash(std::string_view text);

/// What has become of a transaction: kept whole, not at all, or unknown (the disk or the
/// connection failed while it was committed): then Store::holds() tells.
enum class CommitOutcome { committed, failed, unknown };

struct CommitResult {
  CommitOutcome outcome = CommitOutcome::committed;
  std::exception_ptr why = {};  ///< unless it is committed
};

/// One transaction of the owner. Destroyed without commit(): nothing was written. What one call
/// was to write and the store refuses for good (Error ORCH-0217) leaves the others' writes alone.
class Turn {
 public:
  virtual ~Turn() = default;
  /// Keeps a definition's text under its definition_hash().
  virtual void keep_definition(const std::string& hash, const std::string& text) = 0;
  virtual ExecutionId add(const NewExecution& execution) = 0;
  virtual void append(ExecutionId id, std::span<const execution::Event> events) = 0;
  /// Takes back what this turn has appended from the event `from` on. Throws Error ORCH-0211 when
  /// the store has given up the turn by itself.
  virtual void discard(ExecutionId id, execution::EventId from) = 0;
  /// Sets status, end, output, error, cause and redrive count. The run is no longer paused; at
  /// its end it waits for no other one, and once it has succeeded it claims nothing.
  virtual void set_outcome(const ExecutionRow& row) = 0;
  virtual void set_definition(ExecutionId id, const std::string& hash) = 0;
  /// Sets what a resume brings along: connections, catalog, request and how often it was.
  virtual void set_resumed(const ExecutionRow& row) = 0;
  /// It waits for no other run then. Unset: nor is it set aside.
  virtual void set_paused(ExecutionId id, std::optional<Instant> since) = 0;
  /// Pauses a run that cannot be carried on.
  virtual void set_aside(ExecutionId id, Instant since, const std::string& why) = 0;
  /// Replaces them.
  virtual void set_suspects(std::span<const Suspect> suspects) = 0;
  /// Replaces the names that the run claims.
  virtual void set_claims(ExecutionId id, std::span<const std::string> names) = 0;
  virtual void set_waits_for(ExecutionId id, std::optional<ExecutionId> other) = 0;
  /// Replaces the progress of the execution's open tasks.
  virtual void set_progress(ExecutionId id, std::span<const ProgressRow> rows) = 0;
  /// Does nothing when the name is known.
  virtual void keep_map_run(const MapRunRow& row) = 0;
  virtual void set_map_run_items(const std::string& name, std::int64_t items) = 0;
  /// Sets the limits that are given.
  virtual void set_map_run_limits(const std::string& name, const MapRunLimits& limits) = 0;
  virtual CommitResult try_commit() = 0;
  /// Throws why when the outcome is anything but `committed`.
  void commit() {
    if (const auto result = try_commit(); result.why) std::rethrow_exception(result.why);
  }
};

/// Run state. The owner writes; readers see what is committed. One thread at a time. All functions
/// throw orch::Error (ORCH-02xx) on trouble. What is read is compared with its checksum: a damaged
/// row of a run or of its history, or a damaged definition, is an Error ORCH-0206 that names it.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::unique_ptr<Turn> begin() = 0;
  /// The execution with this id or name, or the only one whose id starts or ends with `run` (a
  /// child of a map run: starts, when no other does); "@last" is the one that was started last.
  /// Throws Error ORCH-0203 when there is none, or several.
  virtual ExecutionRow find(const std::string& run) = 0;
  /// Whether the run is in the store with its event `last`; 0: whatever its history.
  virtual bool holds(ExecutionId id, execution::EventId last) = 0;
  /// `id` must be of an execution of this store.
  virtual ExecutionRow find(ExecutionId id) = 0;
  /// As find(), but a damaged row is handed out with its `damage`: to end the run or to set it
  /// aside.
  virtual ExecutionRow find_unchecked(const std::string& run) = 0;
  virtual ExecutionRow find_unchecked(ExecutionId id) = 0;
  virtual std::optional<ExecutionRow> find_name(const std::string& workflow,
                                                const std::string& name) = 0;
  /// The run that this request made, or last resumed.
  virtual std::optional<ExecutionRow> find_request(const std::string& request) = 0;
  /// The run that a task of another one started.
  virtual std::optional<ExecutionRow> find_started(ExecutionId starter,
                                                   execution::EventId ticket) = 0;
  virtual std::optional<MapRunRow> find_map_run(const std::string& name) = 0;
  /// The map runs of an execution, in their order.
  virtual std::vector<MapRunRow> map_runs(ExecutionId execution) = 0;
  /// One entry for each status that a child has.
  virtual std::vector<ChildCounts> count_children(ExecutionId parent,
                                                  execution::EventId map_run) = 0;
  /// How children fare by their index, `size` (> 0) of them a bucket, in the order of buckets.
  virtual std::vector<ChildBucket> child_buckets(ExecutionId parent, execution::EventId map_run,
                                                 std::int64_t size) = 0;
  /// The children that failed or timed out, in their order, at most `limit`. Damaged rows are
  /// handed out with their `damage`.
  virtual std::vector<ExecutionRow> first_failures(ExecutionId parent, execution::EventId map_run,
                                                   std::int64_t limit) = 0;
  /// The children from `index` on, in their order, at most `limit`.
  virtual std::vector<ExecutionRow> children(ExecutionId parent, execution::EventId map_run,
                                             std::int64_t index, std::int64_t limit) = 0;
  /// Ids of the runs of children that ended without success before the parent's event `redriven`,
  /// in their order. The order of commits tells: a child may fail again in the same millisecond.
  virtual std::vector<std::string> failed_children(ExecutionId parent, execution::EventId map_run,
                                                   execution::EventId redriven) = 0;
  /// JSON text: the array of the outputs of the children that succeeded, in their order.
  virtual std::string child_outputs(ExecutionId parent, execution::EventId map_run) = 0;
  /// Newest first. Damaged rows are handed out with their `damage`: one keeps no other from sight.
  virtual std::vector<ExecutionRow> list(const ListFilter& filter) = 0;
  virtual std::string definition(const std::string& hash) = 0;
  /// Calls `take` with each event after `after`, in order.
  virtual void history(ExecutionId id, execution::EventId after,
                       const std::function<void(execution::Event)>& take) = 0;
  virtual std::vector<ProgressRow> progress(ExecutionId id) = 0;
  /// Of all runs under way that claim something and are not paused, the oldest first.
  virtual std::vector<ClaimRow> claims() = 0;
  /// The names that a run claims, or claimed before it ended without success; sorted.
  virtual std::vector<std::string> claims_of(ExecutionId id) = 0;
  /// When the latest event of each run under way was recorded. Runs whose history cannot be read
  /// are left out.
  virtual std::map<ExecutionId, Instant> last_recorded() = 0;
  virtual std::vector<Suspect> suspects() = 0;
  /// State machines, aliases, activities and tags, on the same connection: not while a Turn lives.
  /// A reader's cannot be changed.
  virtual Machines& machines() = 0;
  /// Pipelines and their fires, on the same connection. A reader's cannot be changed.
  virtual Pipelines& pipelines() = 0;
  /// Slots, holds and outages, on the same connection.
  virtual Limits& limits() = 0;
  /// Projects, likewise.
  virtual Projects& projects() = 0;
  /// The owner's; a reader's is forgotten with it.
  virtual UnderDecision& under_decision() = 0;
  virtual const std::string& store_id() const = 0;
  /// The first fence of this owner, larger than those of all owners before; also of those that an
  /// older copy of the store, put back, knows nothing of: it holds the time of the opening.
  virtual std::int64_t first_fence() const = 0;
};

}  // namespace orch::store
