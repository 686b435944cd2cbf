#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/data/pipeline.h"
#include "workers/data/request_json.h"
#include "workers/steps/as_of.h"
#include "workers/steps/drift.h"
#include "workers/steps/plan_request.h"
#include "workers/steps/steps.h"
#include "workers/steps/table_task.h"

namespace orch::steps {
namespace {

std::string_view method_of(data::RowFormat format) {
  switch (format) {
    case data::RowFormat::pg_binary:
      return "binary passthrough";
    case data::RowFormat::pg_text:
      return "text passthrough";
    case data::RowFormat::cells:
      break;
  }
  return "cells";
}

/// The rows to read when only newer ones are wanted; unset: all.
struct Newer {
  data::WatermarkRange range;
  std::string target_column;

  boost::json::object to_json() const {
    boost::json::value after;
    if (range.after) after = *range.after;
    return {{"column", range.column}, {"target_column", target_column}, {"after", after}};
  }
};

/// Text sorts otherwise than the numbers it spells, so its largest value is no watermark for them.
void check_order(const catalog::Entry& entry, const data::LoadPlan& plan,
                 const std::string& target_column) {
  using data::Kind;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto from = plan.request.source.columns[i].kind;
    if (plan.request.target_columns[i] != target_column || plan.columns[i].kind != Kind::text)
      continue;
    if (from == Kind::text || from > Kind::numeric) continue;
    throw workers::TaskFailed(
        "Schema.Mismatch",
        fmt::format("{}: watermark {} holds numbers, and the target keeps them as text, which "
                    "sorts otherwise",
                    entry.key, entry.watermark),
        "choose another watermark, or give the target column a number's type", "ORCH-0435");
  }
}

std::optional<Newer> newer_rows(const Work& work, const data::LoadPlan& plan,
                                data::Target& target) {
  const auto& entry = work.entry;
  if (entry.watermark.empty() || entry.strategy == data::Strategy::replace) return std::nullopt;
  const auto column = target_column(plan.request, entry.watermark);
  if (column.empty())
    throw workers::TaskFailed(
        "Schema.Mismatch",
        fmt::format("{}: the watermark column \"{}\" is not copied", entry.key, entry.watermark),
        "copy the watermark column: the target's largest value is where the next load starts",
        "ORCH-0435");
  check_order(entry, plan, column);
  Newer newer;
  newer.range.column = entry.watermark;
  newer.range.after = target.high_watermark(entry.target, column);
  newer.target_column = column;
  return newer;
}

boost::json::object output(const Work& work, const data::LoadPlan& plan, const data::LoadId& load,
                           const data::Moved& moved, const Stopwatch& watch) {
  const auto ms = std::max(watch.ms(), 0.001);
  return {{"key", work.entry.key},
          {"load", load.id},
          {"rows", moved.digest.rows},
          {"bytes", moved.bytes},
          {"digest", moved.digest.hex()},
          {"duration_ms", watch.whole_ms()},
          {"rows_per_second",
           static_cast<std::int64_t>(1000.0 * static_cast<double>(moved.digest.rows) / ms)},
          {"method", method_of(plan.format)},
          {"fingerprint", plan.fingerprint}};
}

}  // namespace

boost::json::object stage(const Work& work, data::Source& source, data::Target& target) {
  const Stopwatch watch;
  const auto& entry = work.entry;
  const auto table = source.describe(entry.source);
  const auto request = make_request(entry, table, source, target);
  const auto last = target.last_published(entry.target);
  check_drift(entry, table, request, last);
  const auto plan = target.plan(request);
  const auto newer = newer_rows(work, plan, target);
  const data::LoadId load{fmt::format("{}/{}/{}", work.task.run, entry.key, work.task.ticket),
                          work.task.run, work.task.store, work.task.fence};
  const auto staging = target.begin_load(plan, load);
  auto readers =
      source.open(read_request(entry, plan, newer ? std::optional(newer->range) : std::nullopt));
  const auto parts = static_cast<std::int64_t>(readers.size());
  const auto moved = data::move_rows(
      std::move(readers), [&] { return target.encoder(plan); }, *staging,
      move_control(work, "staging", plan.request.source.estimated_rows));

  boost::json::object position{{"source", source.position()}};
  if (newer) {
    auto mark = newer->to_json();
    // The publish is refused when another load came in between.
    mark["after_load"] = last ? boost::json::value(last->load) : boost::json::value();
    position["watermark"] = std::move(mark);
  }
  auto result = output(work, plan, load, moved, watch);
  result["parts"] = parts;
  result["as_of"] = as_of(position);
  result["position"] = position;
  if (newer) result["watermark"] = newer->to_json();
  position["source_shape"] = source_shape(entry, table);
  position["request"] = data::to_json(plan.request);
  if (!entry.owner.empty()) position["owner"] = entry.owner;
  staging->commit(moved.digest, position);
  result["duration_ms"] = watch.whole_ms();
  return result;
}

}  // namespace orch::steps
