#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/random.h"
#include "workers/data/pipeline.h"
#include "workers/data/plan_json.h"
#include "workers/replication/as_of.h"
#include "workers/replication/drift.h"
#include "workers/replication/landing.h"
#include "workers/replication/plan_request.h"
#include "workers/replication/steps.h"
#include "workers/replication/table_task.h"
#include "workers/replication/unchanged.h"
#include "workers/replication/watermark.h"

namespace orch::replication {
namespace {

/// Where an older copy of the run store was put back, a ticket comes again and stands for other
/// rows: what was published under it must not answer for them.
std::string new_load_id(const Work& work) {
  return fmt::format("{}/{}/{}/{:016x}", work.task.run, work.entry.key, work.task.ticket,
                     random_bits());
}

data::LoadId new_load(const Work& work) {
  return {new_load_id(work), work.task.run, work.task.store, work.task.fence};
}

boost::json::object times_json(const data::MoveTimes& times) {
  const auto ms = [](data::MoveTimes::Time time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  };
  return {{"source_ms", ms(times.source)},
          {"encode_ms", ms(times.encode)},
          {"target_ms", ms(times.target)},
          {"waited_for_source_ms", ms(times.waited_for_source)},
          {"waited_for_target_ms", ms(times.waited_for_target)}};
}

boost::json::object output(const Work& work, const data::LoadId& load, const data::Moved& moved,
                           std::string_view method, const Stopwatch& watch) {
  const auto ms = std::max(watch.ms(), 0.001);
  return {{"key", work.entry.key},
          {"load", load.id},
          {"rows", moved.digest.rows},
          {"bytes", moved.bytes},
          {"times", times_json(moved.times)},
          {"digest", moved.digest.hex()},
          {"duration_ms", watch.whole_ms()},
          {"rows_per_second",
           static_cast<std::int64_t>(1000.0 * static_cast<double>(moved.digest.rows) / ms)},
          {"method", method}};
}

/// What later loads and people with questions need is kept once, with the load; its result says no
/// more than a run shows.
void add_facts(boost::json::object& position, const Work& work, const data::Table& table,
               const data::LoadPlan& plan, const std::string& mark) {
  position["source_shape"] = source_shape(work.entry, table);
  if (!mark.empty()) position["source_mark"] = mark;
  data::write_plan(position, plan);
  if (!work.entry.owner.empty()) position["owner"] = work.entry.owner;
  position["run_name"] = work.task.run_name;
}

/// Stages that no file is new: the rows that are published are all.
boost::json::object stage_nothing_new(const Work& work, const data::PublishedRecord& last,
                                      FileChoice choice, data::Target& target,
                                      const Stopwatch& watch) {
  const auto plan = target.plan(data::request_from_json(last.position.at("request").as_object()));
  const auto load = new_load(work);
  auto position = last.position;
  position.erase("watermark");
  position["unchanged"] = last.load;
  position["files"] = choice.told;
  auto result = output(work, load, {}, "unchanged", watch);
  result["as_of"] = as_of(position);
  result["files"] = std::move(choice.told);
  data::write_plan(position, plan);
  position["run_name"] = work.task.run_name;
  target.stage_unchanged(plan, load, {}, position);
  return result;
}

/// Reads the source into the staging table. `files`: what it is to take, where it is of files that
/// are loaded once each.
boost::json::object stage_rows(const Work& work, const std::optional<data::PublishedRecord>& last,
                               std::optional<FileChoice> files, data::Source& source,
                               data::Target& target, const Stopwatch& watch) {
  const auto& entry = work.entry;
  const auto table = source.describe(entry.source);
  const auto request = make_request(entry, table, source, target);
  check_drift(entry, table, request, last);
  const auto plan = target.plan(request);
  const auto load = new_load(work);
  const auto mark = source.change_mark(entry.source);
  if (const auto same = read_unchanged(work, plan, last, mark, source, target)) {
    boost::json::object position{{"source", source.position()}, {"unchanged", last->load}};
    auto result = output(work, load, *same, "unchanged", watch);
    result["as_of"] = as_of(position);
    add_facts(position, work, table, plan, mark);
    target.stage_unchanged(plan, load, same->digest, position);
    return result;
  }
  const auto watermark = plan_watermark(entry, plan, last, target);
  const auto staging = target.begin_load(plan, load);
  auto readers = source.open(
      read_request(entry, plan, watermark ? std::optional(watermark->range) : std::nullopt));
  const auto state = source.watermark().value_or(data::WatermarkState{});
  if (watermark) check_watermark(entry, state);
  const auto parts = static_cast<std::int64_t>(readers.size());
  const auto moved = data::move_rows(
      std::move(readers), [&] { return target.encoder(plan); }, *staging,
      move_control(work, "staging", plan.request.source.estimated_rows));

  boost::json::object position{{"source", source.position()}};
  if (watermark) position["watermark"] = to_json(*watermark, state);
  auto result = output(work, load, moved, method_of(plan.format), watch);
  result["parts"] = parts;
  result["as_of"] = as_of(position);
  if (watermark) result["watermark"] = position.at("watermark");
  if (files) {
    result["files"] = files->told;
    data::write_files(position, files->load, std::move(files->told));
  }
  add_facts(position, work, table, plan, mark);
  staging->commit(moved.digest, position);
  result["duration_ms"] = watch.whole_ms();
  return result;
}

}  // namespace

boost::json::object stage(const Work& work, data::Source& source, data::Target& target) {
  const Stopwatch watch;
  // Before the ledger is read: a load that is published in between is noticed by the publish.
  const auto last = target.last_published(work.entry.target);
  if (!work.entry.source.files.landing)
    return stage_rows(work, last, std::nullopt, source, target, watch);
  auto choice = choose_files(work, source, target, last);
  if (choice.chosen.empty())
    return stage_nothing_new(work, *last, std::move(choice), target, watch);
  Work chosen{work.task, work.context, work.entry};
  chosen.entry.source.chosen = choice.chosen;
  return stage_rows(chosen, last, std::move(choice), source, target, watch);
}

}  // namespace orch::replication
