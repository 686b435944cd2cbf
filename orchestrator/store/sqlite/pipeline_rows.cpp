#include "orchestrator/store/sqlite/pipeline_rows.h"

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {
namespace {

std::string text(const sqlite::Statement& row, int column) { return std::string(row.text(column)); }

void require(std::int64_t found, std::int64_t sum, const std::string& what) {
  if (found != sum) throw DamagedRow(what + " does not have its checksum");
}

}  // namespace

std::int64_t checksum_of(const std::string& pipeline, const PipelineRevision& revision) {
  return checksum_of(pipeline, revision.number, revision.document, revision.workflow,
                     revision.definition_hash, revision.machine_revision, revision.machine_version,
                     revision.alias, revision.connections, millis(revision.made_at),
                     revision.made_by);
}

std::int64_t checksum_of(const PipelineRow& row) {
  Checksum sum;
  sum.add(row.name).add(row.project).add(row.revision.id).add(millis(row.deployed_at));
  if (row.paused) sum.add(millis(row.paused->since)).add(row.paused->by).add(row.paused->note);
  return sum.value();
}

std::int64_t checksum_of(const FireRow& fire) {
  return checksum_of(fire.pipeline, fire.trigger, fire.key, fire.kind, millis(fire.at),
                     std::string(to_string(fire.outcome)), fire.run_id, fire.reason, fire.facts,
                     fire.input, fire.backfill, millis(fire.decided_at));
}

std::int64_t checksum_of(const std::string& pipeline, const std::string& trigger,
                         const TriggerPosition& position) {
  return checksum_of(pipeline, trigger, position.trigger_text, millis(position.at));
}

std::int64_t checksum_of(const BackfillRow& backfill) {
  return checksum_of(backfill.pipeline, backfill.trigger, millis(backfill.from),
                     millis(backfill.to), std::int64_t{backfill.newest_first}, backfill.at_once,
                     millis(backfill.asked_at), backfill.asked_by, backfill.note);
}

std::int64_t checksum_of(const std::string& run_id, const PipelineLink& link) {
  return checksum_of(run_id, link.pipeline, link.revision, link.trigger, link.kind,
                     millis(link.fire_time), link.backfill);
}

PipelineRevision read_pipeline_revision(const sqlite::Statement& row, int column) {
  PipelineRevision made;
  made.id = row.int64(column);
  const auto pipeline = text(row, column + 1);
  made.number = row.int64(column + 2);
  made.document = text(row, column + 3);
  made.workflow = text(row, column + 4);
  made.definition_hash = text(row, column + 5);
  made.machine_revision = optional_number(row, column + 6);
  made.machine_version = optional_number(row, column + 7);
  made.alias = text(row, column + 8);
  made.connections = text(row, column + 9);
  made.made_at = instant(row.int64(column + 10));
  made.made_by = text(row, column + 11);
  require(row.int64(column + 12), checksum_of(pipeline, made),
          fmt::format("revision {} of pipeline \"{}\" in table pipeline_revision", made.number,
                      pipeline));
  return made;
}

PipelineRow read_pipeline(const sqlite::Statement& row) {
  constexpr int revision_column = 7;
  PipelineRow made;
  made.name = text(row, 0);
  made.project = text(row, 1);
  made.deployed_at = instant(row.int64(2));
  if (!row.null(3)) made.paused = {instant(row.int64(3)), text(row, 4), text(row, 5)};
  made.revision = read_pipeline_revision(row, revision_column);
  require(row.int64(6), checksum_of(made), fmt::format("\"{}\" in table pipeline", made.name));
  return made;
}

FireRow read_fire(const sqlite::Statement& row) {
  FireRow made;
  made.pipeline = text(row, 0);
  made.trigger = text(row, 1);
  made.key = text(row, 2);
  made.kind = text(row, 3);
  made.at = instant(row.int64(4));
  const auto what = fmt::format("fire \"{}\" of trigger \"{}\" of pipeline \"{}\" in table fire",
                                made.key, made.trigger, made.pipeline);
  const auto outcome = fire_outcome_from(row.text(5));
  if (!outcome) throw DamagedRow(what + " has an unknown outcome");
  made.outcome = *outcome;
  made.run_id = text(row, 6);
  made.reason = text(row, 7);
  made.facts = text(row, 8);
  if (!row.null(9)) made.input = text(row, 9);
  made.backfill = optional_number(row, 10);
  made.decided_at = instant(row.int64(11));
  require(row.int64(12), checksum_of(made), what);
  return made;
}

TriggerPosition read_position(const sqlite::Statement& row) {
  TriggerPosition made{text(row, 0), instant(row.int64(1))};
  require(row.int64(4), checksum_of(text(row, 2), text(row, 3), made),
          fmt::format("trigger \"{}\" of pipeline \"{}\" in table trigger_position", row.text(3),
                      row.text(2)));
  return made;
}

BackfillRow read_backfill(const sqlite::Statement& row) {
  BackfillRow made;
  made.id = row.int64(0);
  made.pipeline = text(row, 1);
  made.trigger = text(row, 2);
  made.from = instant(row.int64(3));
  made.to = instant(row.int64(4));
  made.newest_first = row.int64(5) != 0;
  made.at_once = row.int64(6);
  made.asked_at = instant(row.int64(7));
  made.asked_by = text(row, 8);
  made.note = text(row, 9);
  require(row.int64(10), checksum_of(made), fmt::format("row {} of table backfill", made.id));
  return made;
}

PipelineLink read_pipeline_link(std::string_view text, const std::string& run_id) {
  const auto values = json::parse(text);
  const auto number = [&](std::size_t index) { return values.at(index).to_number<std::int64_t>(); };
  const auto string = [&](std::size_t index) { return std::string(values.at(index).as_string()); };
  PipelineLink made{string(0), number(1), string(2), string(3), instant(number(4))};
  if (!values.at(5).is_null()) made.backfill = number(5);
  require(number(6), checksum_of(run_id, made), "what fired it");
  return made;
}

}  // namespace orch::store
