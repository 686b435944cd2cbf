// Pipelines, their revisions, and what became of each fire of their triggers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// What a pipeline was at a time; never changes.
struct PipelineRevision {
  std::int64_t id = 0;      ///< the store's
  std::int64_t number = 0;  ///< among those of the pipeline, from 1
  std::string document;     ///< JSON text
  std::string workflow;     ///< name of the definition, for people; of the state machine
  std::string definition_hash;
  /// Of the state machine that is the pipeline for clients of the service's API, if there is one.
  std::optional<std::int64_t> machine_revision = {};
  std::optional<std::int64_t> machine_version = {};
  std::string alias = {};
  std::string connections = {};  ///< path of the connections file; may be empty
  Instant made_at = {};
  std::string made_by = {};
};

struct PipelinePause {
  Instant since;
  std::string by;
  std::string note;
};

struct PipelineRow {
  std::string name;
  std::string project;        ///< may be empty
  PipelineRevision revision;  ///< the present one
  Instant deployed_at;        ///< since when it is the present one
  std::optional<PipelinePause> paused = {};
};

enum class FireOutcome : std::uint8_t {
  started,  ///< there is a run
  queued,   ///< there will be one, when others have ended
  skipped,  ///< a rule of the pipeline leaves it out: a run was under way, it was paused
  missed,   ///< nothing decided it in time: the server was down
  refused,  ///< a run of it cannot start
};

std::string_view to_string(FireOutcome outcome);
std::optional<FireOutcome> fire_outcome_from(std::string_view text);

struct FireRow {
  std::string pipeline;
  std::string trigger;
  std::string key;   ///< names the fire among those of its trigger
  std::string kind;  ///< "schedule", "files", "after", "webhook", "manual", "api"
  Instant at;        ///< the fire time
  FireOutcome outcome = FireOutcome::queued;
  std::string run_id = {};                    ///< empty until it is started
  std::string reason = {};                    ///< for people: why there is no run, or why later
  std::string facts = "{}";                   ///< JSON object: what the trigger knows
  std::optional<std::string> input = {};      ///< JSON text: instead of the pipeline's
  std::optional<std::int64_t> backfill = {};  ///< id of the backfill that asked for it
  Instant decided_at = {};
};

struct FireFilter {
  std::string pipeline;
  std::optional<std::string> trigger = {};
  std::optional<FireOutcome> outcome = {};
  std::optional<std::int64_t> backfill = {};
  std::optional<bool> backfilled = {};     ///< true: of any backfill; false: of none
  std::optional<Instant> not_before = {};  ///< fire times from here on
  std::optional<Instant> before = {};      ///< fire times before this one
  bool oldest_first = false;
  std::int64_t limit = 50;  ///< -1: all
};

/// A run of a pipeline that has not ended.
struct RunUnderWay {
  ExecutionId id{};
  std::string run_id;
  std::optional<std::int64_t> backfill = {};
};

/// Up to which fire time a schedule has been decided.
struct TriggerPosition {
  std::string trigger_text;  ///< JSON of the trigger that this is a position of
  Instant at;
};

struct BackfillRow {
  std::int64_t id = 0;
  std::string pipeline;
  std::string trigger;
  Instant from;
  Instant to;  ///< the range ends before it
  bool newest_first = false;
  std::int64_t at_once = 1;  ///< so many runs of it at a time
  Instant asked_at = {};
  std::string asked_by = {};
  std::string note = {};
};

/// See Store::pipelines(). One thread at a time. What is written while a Turn lives belongs to that
/// turn; else each call is a transaction of its own, or part of Machines::transact(): to deploy is
/// one transaction with the state machine, its version and its alias. Throws Error (ORCH-02xx) on
/// trouble with the store; a damaged row is an Error ORCH-0206 that names it, and is left out of
/// lists.
class Pipelines {
 public:
  virtual ~Pipelines() = default;

  virtual std::optional<PipelineRow> find(const std::string& name) = 0;
  /// By name.
  virtual std::vector<PipelineRow> list() = 0;
  /// Newest first.
  virtual std::vector<PipelineRevision> revisions(const std::string& pipeline) = 0;
  /// Keeps the definition and adds a revision, whose id and number are given by the store; it is
  /// not the present one before put(). Returns it.
  virtual PipelineRevision add_revision(const std::string& pipeline,
                                        const PipelineRevision& revision,
                                        const std::string& definition) = 0;
  /// Adds or replaces the row of this name; `row.revision.id` must be of a revision of it. A
  /// rollback puts an older one.
  virtual void put(const PipelineRow& row) = 0;
  virtual void set_paused(const std::string& name, const std::optional<PipelinePause>& paused) = 0;
  /// Its revisions, fires and runs stay; what is queued is skipped for `reason`. Does nothing when
  /// there is none.
  virtual void remove(const std::string& name, const std::string& reason) = 0;

  virtual std::optional<FireRow> fire(const std::string& pipeline, const std::string& trigger,
                                      const std::string& key) = 0;
  /// By fire time.
  virtual std::vector<FireRow> fires(const FireFilter& filter) = 0;
  /// Adds or replaces the fire of this pipeline, trigger and key.
  virtual void put_fire(const FireRow& fire) = 0;

  /// The runs of a pipeline that have not ended, the oldest first.
  virtual std::vector<RunUnderWay> under_way(const std::string& pipeline) = 0;

  virtual std::optional<TriggerPosition> position(const std::string& pipeline,
                                                  const std::string& trigger) = 0;
  /// Names of the triggers that have a position.
  virtual std::vector<std::string> positioned(const std::string& pipeline) = 0;
  virtual void drop_position(const std::string& pipeline, const std::string& trigger) = 0;
  virtual void set_position(const std::string& pipeline, const std::string& trigger,
                            const TriggerPosition& position) = 0;

  virtual std::optional<BackfillRow> backfill(std::int64_t id) = 0;
  /// Newest first.
  virtual std::vector<BackfillRow> backfills(const std::string& pipeline) = 0;
  /// Returns its id.
  virtual std::int64_t add_backfill(const BackfillRow& backfill) = 0;
};

}  // namespace orch::store
