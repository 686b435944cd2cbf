#include <utility>

#include <fmt/format.h>

#include "workers/data/crew.h"
#include "workers/data/pipeline.h"
#include "workers/steps/plan_request.h"
#include "workers/steps/steps.h"
#include "workers/steps/table_task.h"

namespace orch::steps {
namespace {

using catalog::Reconcile;

struct Sides {
  data::Digest source;
  data::Digest target;
};

/// The same range on both sides: up to the target's watermark.
struct Ranges {
  std::optional<data::WatermarkRange> source;
  std::optional<data::WatermarkRange> target;
};

Reconcile mode_of(const catalog::Entry& entry) {
  // Rows that were appended again and again are more than the source ever had.
  const bool comparable = entry.strategy != data::Strategy::append || !entry.watermark.empty();
  return comparable ? entry.reconcile : Reconcile::off;
}

std::string_view mode_name(Reconcile mode) {
  switch (mode) {
    case Reconcile::count:
      return "count";
    case Reconcile::off:
      return "off";
    case Reconcile::full:
      break;
  }
  return "full";
}

Ranges ranges_of(const catalog::Entry& entry, const data::LoadPlan& plan, data::Target& target) {
  if (entry.watermark.empty() || entry.strategy == data::Strategy::replace) return {};
  const auto column = target_column(plan.request, entry.watermark);
  const auto upto = target.high_watermark(entry.target, column);
  return {data::WatermarkRange{entry.watermark, std::nullopt, upto},
          data::WatermarkRange{column, std::nullopt, upto}};
}

/// Reads both sides at the same time.
Sides read_sides(const Work& work, const data::LoadPlan& plan, data::Source& source,
                 data::Target& target) {
  const auto ranges = ranges_of(work.entry, plan, target);
  auto readers = source.open(read_request(work.entry, plan, ranges.source));
  std::vector<std::unique_ptr<data::RowEncoder>> encoders;
  for (std::size_t i = 0; i < readers.size(); ++i) encoders.push_back(target.encoder(plan));
  std::size_t next = 0;
  const auto encoder = [&] { return std::move(encoders[next++]); };

  Sides sides;
  auto control = move_control(work, "reconciling", plan.request.source.estimated_rows);
  data::Crew crew;
  const auto stop = [&] { return crew.halted(); };
  crew.start([&] {
    sides.source = data::digest_rows(std::move(readers), encoder, {stop, control.progress}).digest;
  });
  crew.start([&] { sides.target = target.published_digest(plan, ranges.target, stop); });
  crew.join(control.stop, [&work] { work.context.heartbeat(); });
  return sides;
}

boost::json::object side_json(const data::Digest& digest, Reconcile mode) {
  boost::json::value hex;
  if (mode == Reconcile::full) hex = digest.hex();
  return {{"rows", digest.rows}, {"digest", hex}};
}

boost::json::object nothing_compared(const catalog::Entry& entry, const Stopwatch& watch) {
  return {{"key", entry.key},  {"mode", "off"},     {"equal", nullptr},
          {"source", nullptr}, {"target", nullptr}, {"duration_ms", watch.whole_ms()}};
}

workers::TaskFailed different(const catalog::Entry& entry, const Sides& sides, Reconcile mode) {
  const auto words = [&](const data::Digest& digest) {
    return mode == Reconcile::full
               ? fmt::format("{} rows with digest {}", digest.rows, digest.hex())
               : fmt::format("{} rows", digest.rows);
  };
  return {"Reconcile.Different",
          fmt::format("{}: the target {} has {}, the source has {}", entry.key,
                      entry.target.display(), words(sides.target), words(sides.source)),
          "if the source changed since it was staged, load the table again; else somebody else "
          "writes to the target",
          "ORCH-0506",
          {{"source", side_json(sides.source, mode)}, {"target", side_json(sides.target, mode)}}};
}

}  // namespace

boost::json::object reconcile(const Work& work, data::Source& source, data::Target& target) {
  const Stopwatch watch;
  const auto& entry = work.entry;
  const auto mode = mode_of(entry);
  if (mode == Reconcile::off) return nothing_compared(entry, watch);
  const auto plan = target.plan(make_request(entry, source, target));
  if (plan.create)
    throw workers::TaskFailed(
        "Target.TableMissing",
        fmt::format("{}: the target has no table {}", entry.key, entry.target.display()),
        "merge a load of the table first", "ORCH-0510");
  const auto sides = read_sides(work, plan, source, target);
  const bool equal = mode == Reconcile::full ? sides.source == sides.target
                                             : sides.source.rows == sides.target.rows;
  if (!equal) throw different(entry, sides, mode);
  return {{"key", entry.key},
          {"mode", mode_name(mode)},
          {"equal", true},
          {"source", side_json(sides.source, mode)},
          {"target", side_json(sides.target, mode)},
          {"duration_ms", watch.whole_ms()}};
}

}  // namespace orch::steps
