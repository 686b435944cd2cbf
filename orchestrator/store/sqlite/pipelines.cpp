#include "orchestrator/store/sqlite/pipelines.h"

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/pipeline_rows.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {
namespace {

class SqlitePipelines final : public Pipelines, private Tables {
 public:
  using Tables::Tables;

  std::optional<PipelineRow> find(const std::string& name) override {
    return one(read_pipeline, pipeline_query("WHERE name = ?"), name);
  }

  std::vector<PipelineRow> list() override {
    return all(read_pipeline, pipeline_query("ORDER BY name"));
  }

  std::vector<PipelineRevision> revisions(const std::string& pipeline) override {
    return all([](const sqlite::Statement& row) { return read_pipeline_revision(row, 0); },
               fmt::format("SELECT {} FROM pipeline_revision WHERE pipeline = ? "
                           "ORDER BY number DESC",
                           pipeline_revision_columns),
               pipeline);
  }

  PipelineRevision add_revision(const std::string& pipeline, const PipelineRevision& revision,
                                const std::string& definition) override {
    run(keep_definition_sql, revision.definition_hash, definition);
    auto added = revision;
    added.number = returned(
        "SELECT coalesce(max(number), 0) + 1 FROM pipeline_revision WHERE pipeline = ?", pipeline);
    added.id = returned(
        "INSERT INTO pipeline_revision (pipeline, number, document, workflow, definition_hash, "
        "machine_revision, machine_version, alias, connections, made_ms, made_by, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        pipeline, added.number, added.document, added.workflow, added.definition_hash,
        added.machine_revision, added.machine_version, added.alias, added.connections,
        millis(added.made_at), added.made_by, checksum_of(pipeline, added));
    return added;
  }

  void put(const PipelineRow& row) override {
    std::optional<std::int64_t> paused_ms;
    if (row.paused) paused_ms = millis(row.paused->since);
    const auto paused = row.paused.value_or(PipelinePause{});
    run("INSERT OR REPLACE INTO pipeline (name, project, revision, deployed_ms, paused_ms, "
        "paused_by, paused_note, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row.name, row.project, row.revision.id, millis(row.deployed_at), paused_ms, paused.by,
        paused.note, checksum_of(row));
  }

  void set_paused(const std::string& name, const std::optional<PipelinePause>& paused) override {
    auto row = find(name);
    if (!row) return;
    row->paused = paused;
    put(*row);
  }

  void remove(const std::string& name, const std::string& reason) override {
    FireFilter queued{.pipeline = name, .outcome = FireOutcome::queued};
    queued.limit = -1;
    for (auto& fire : fires(queued)) {
      fire.outcome = FireOutcome::skipped;
      fire.reason = reason;
      put_fire(fire);
    }
    run("DELETE FROM trigger_position WHERE pipeline = ?", name);
    run("DELETE FROM pipeline WHERE name = ?", name);
  }

  std::optional<FireRow> fire(const std::string& pipeline, const std::string& trigger,
                              const std::string& key) override {
    return one(read_fire,
               fmt::format("SELECT {} FROM fire WHERE pipeline = ? AND trigger_name = ? AND "
                           "fire_key = ?",
                           fire_columns),
               pipeline, trigger, key);
  }

  std::vector<FireRow> fires(const FireFilter& filter) override {
    std::optional<std::string> outcome;
    std::optional<std::int64_t> from, to;
    if (filter.outcome) outcome = to_string(*filter.outcome);
    if (filter.not_before) from = millis(*filter.not_before);
    if (filter.before) to = millis(*filter.before);
    return all(read_fire, fires_query(filter), filter.pipeline, filter.trigger, outcome,
               filter.backfill, from, to, filter.limit);
  }

  void put_fire(const FireRow& fire) override {
    fault::point("store.write");
    run("INSERT OR REPLACE INTO fire (pipeline, trigger_name, fire_key, kind, fire_ms, outcome, "
        "run_id, reason, facts, input, backfill, decided_ms, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        fire.pipeline, fire.trigger, fire.key, fire.kind, millis(fire.at),
        std::string(to_string(fire.outcome)), fire.run_id, fire.reason, fire.facts, fire.input,
        fire.backfill, millis(fire.decided_at), checksum_of(fire));
  }

  std::vector<RunUnderWay> under_way(const std::string& pipeline) override {
    return every(
        [](const sqlite::Statement& row) {
          RunUnderWay made{ExecutionId{row.int64(0)}, std::string(row.text(1))};
          if (!row.null(2)) made.backfill = row.int64(2);
          return made;
        },
        "SELECT execution.id, run_id, backfill FROM execution INDEXED BY execution_running "
        "JOIN pipeline_run ON execution_id = execution.id WHERE status = 'RUNNING' AND "
        "parent IS NULL AND pipeline = ? ORDER BY execution.id",
        pipeline);
  }

  std::optional<TriggerPosition> position(const std::string& pipeline,
                                          const std::string& trigger) override {
    return one(read_position,
               "SELECT trigger_text, position_ms, pipeline, trigger_name, checksum FROM "
               "trigger_position WHERE pipeline = ? AND trigger_name = ?",
               pipeline, trigger);
  }

  std::vector<std::string> positioned(const std::string& pipeline) override {
    return every([](const sqlite::Statement& row) { return std::string(row.text(0)); },
                 "SELECT trigger_name FROM trigger_position WHERE pipeline = ? "
                 "ORDER BY trigger_name",
                 pipeline);
  }

  void drop_position(const std::string& pipeline, const std::string& trigger) override {
    run("DELETE FROM trigger_position WHERE pipeline = ? AND trigger_name = ?", pipeline, trigger);
  }

  void set_position(const std::string& pipeline, const std::string& trigger,
                    const TriggerPosition& position) override {
    run("INSERT OR REPLACE INTO trigger_position (pipeline, trigger_name, trigger_text, "
        "position_ms, checksum) VALUES (?, ?, ?, ?, ?)",
        pipeline, trigger, position.trigger_text, millis(position.at),
        checksum_of(pipeline, trigger, position));
  }

  std::optional<BackfillRow> backfill(std::int64_t id) override {
    return one(read_backfill, fmt::format("SELECT {} FROM backfill WHERE id = ?", backfill_columns),
               id);
  }

  std::vector<BackfillRow> backfills(const std::string& pipeline) override {
    return all(read_backfill,
               fmt::format("SELECT {} FROM backfill WHERE pipeline = ? ORDER BY id DESC",
                           backfill_columns),
               pipeline);
  }

  std::int64_t add_backfill(const BackfillRow& backfill) override {
    return returned(
        "INSERT INTO backfill (pipeline, trigger_name, from_ms, to_ms, newest_first, at_once, "
        "asked_ms, asked_by, note, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        backfill.pipeline, backfill.trigger, millis(backfill.from), millis(backfill.to),
        std::int64_t{backfill.newest_first}, backfill.at_once, millis(backfill.asked_at),
        backfill.asked_by, backfill.note, checksum_of(backfill));
  }

 private:
  static std::string pipeline_query(const char* rest) {
    return fmt::format(
        "SELECT name, project, deployed_ms, paused_ms, paused_by, paused_note, pipeline.checksum, "
        "{} FROM pipeline JOIN pipeline_revision ON pipeline_revision.id = pipeline.revision {}",
        pipeline_revision_columns, rest);
  }

  // Only the conditions that are asked for, so that the indexes serve.
  static std::string fires_query(const FireFilter& filter) {
    auto query = fmt::format("SELECT {} FROM fire WHERE pipeline = ?1", fire_columns);
    if (filter.trigger) query += " AND trigger_name = ?2";
    if (filter.outcome == FireOutcome::queued)
      query += " AND outcome = 'queued'";
    else if (filter.outcome)
      query += " AND outcome = ?3";
    if (filter.backfill) query += " AND backfill = ?4";
    if (filter.backfilled)
      query += *filter.backfilled ? " AND backfill IS NOT NULL" : " AND backfill IS NULL";
    if (filter.not_before) query += " AND fire_ms >= ?5";
    if (filter.before) query += " AND fire_ms < ?6";
    const auto* order = filter.oldest_first ? "" : " DESC";
    return query +
           fmt::format(" ORDER BY fire_ms{0}, trigger_name{0}, fire_key{0} LIMIT ?7", order);
  }
};

}  // namespace

std::unique_ptr<Pipelines> pipelines_in(sqlite::Database& db, const Guard& guard) {
  return std::make_unique<SqlitePipelines>(db, guard);
}

}  // namespace orch::store
