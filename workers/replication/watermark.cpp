#include "workers/replication/watermark.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/data/watermark.h"
#include "workers/replication/plan_request.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

workers::TaskFailed mismatch(const catalog::Entry& entry, const std::string& problem,
                             const std::string& hint) {
  return {"Schema.Mismatch", fmt::format("{}: {}", entry.key, problem), hint, "ORCH-0435"};
}

std::optional<std::string> text(const boost::json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

/// Where the last load ended; unset when its evidence does not say, or speaks of another column.
const boost::json::object* end_of(const catalog::Entry& entry, const data::PublishedRecord& last) {
  const auto* value = last.position.if_contains("watermark");
  const auto* mark = value ? value->if_object() : nullptr;
  if (!mark || !mark->contains("upto") || text(*mark, "column") != entry.watermark) return nullptr;
  return mark;
}

/// A table that has rows, and no load that says where to continue: above the largest of them, as
/// far as source and target order the values alike.
void start_above_target(const catalog::Entry& entry, const data::LoadPlan& plan,
                        Watermark& watermark) {
  const auto& names = plan.request.target_columns;
  const auto at = std::find(names.begin(), names.end(), watermark.target_column) - names.begin();
  const auto from = plan.request.source.columns[static_cast<std::size_t>(at)].kind;
  const auto order = data::order_of(from);
  const bool same = order == data::order_of(plan.columns[static_cast<std::size_t>(at)].kind);
  if (!same || (!plan.same_order && (order.empty() || order == "text")))
    throw data::not_comparable(
        entry.watermark,
        fmt::format("{} holds rows that no load with this watermark published, and source and "
                    "target may order its values otherwise",
                    entry.target.display()),
        "empty the target to load everything, or choose a watermark of numbers or points in time");
  watermark.range.after = watermark.reaches;
}

void check_key(const catalog::Entry& entry, const data::LoadPlan& plan) {
  if (data::facts_of(entry.strategy).takes_again || !plan.request.key_columns.empty()) return;
  if (!entry.watermark_nulls && entry.overlap.empty()) return;
  throw mismatch(
      entry,
      fmt::format("{} reads rows again (\"overlap\" or \"nulls\": \"include\") and has no key to "
                  "tell which are there",
                  data::strategy_name(entry.strategy)),
      "name key_columns in the catalog entry");
}

}  // namespace

std::optional<Watermark> plan_watermark(const catalog::Entry& entry, const data::LoadPlan& plan,
                                        const std::optional<data::PublishedRecord>& last,
                                        data::Target& target) {
  const auto& strategy = data::facts_of(entry.strategy);
  if (entry.watermark.empty() || strategy.whole_table) return std::nullopt;
  Watermark watermark;
  watermark.target_column = target_column(plan.request, entry.watermark);
  if (watermark.target_column.empty())
    throw mismatch(entry, fmt::format("the watermark column \"{}\" is not copied", entry.watermark),
                   "copy the watermark column");
  check_key(entry, plan);
  auto& range = watermark.range;
  range.column = entry.watermark;
  range.overlap = entry.overlap;
  range.with_nulls = entry.watermark_nulls;
  // Rows that came later with the very value the last load ended at.
  range.at_after = strategy.takes_again;
  if (last) watermark.after_load = last->load;
  if (last && last->emptied) return watermark;
  if (const auto* end = last ? end_of(entry, *last) : nullptr) {
    range.after = text(*end, "upto");
    range.order = text(*end, "order").value_or("");
  } else if (!strategy.takes_again) {
    watermark.reaches = target.high_watermark(entry.target, watermark.target_column);
    if (watermark.reaches) start_above_target(entry, plan, watermark);
  }
  return watermark;
}

void check_watermark(const catalog::Entry& entry, const data::WatermarkState& state) {
  const auto rows = [](std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} row{} {}", count, count == 1 ? "" : "s", count == 1 ? one : many);
  };
  const auto example =
      state.example.empty() ? std::string() : fmt::format(", such as {}", state.example);
  if (state.not_comparable > 0)
    throw workers::TaskFailed(
        "Watermark.NotComparable",
        fmt::format("{}: {} a value in the watermark {} that does not compare with the others, "
                    "which are in the order of {}{}",
                    entry.key, rows(state.not_comparable, "has", "have"), entry.watermark,
                    state.order, example),
        "correct these rows in the source, or leave them out with \"where\"", "ORCH-0521",
        {{"rows", state.not_comparable}, {"column", entry.watermark}});
  if (state.nulls > 0 && !entry.watermark_nulls)
    throw workers::TaskFailed(
        "Watermark.Nulls",
        fmt::format("{}: {} NULL in the watermark {} and would be missed by later loads{}",
                    entry.key, rows(state.nulls, "has", "have"), entry.watermark, example),
        R"("nulls": "include" in the watermark reads these rows each time; or fill the column)",
        "ORCH-0521", {{"rows", state.nulls}, {"column", entry.watermark}});
}

boost::json::object to_json(const Watermark& watermark, const data::WatermarkState& state) {
  const auto value = [](const std::optional<std::string>& one) {
    return one ? boost::json::value(*one) : boost::json::value(nullptr);
  };
  boost::json::object out{{"column", watermark.range.column},
                          {"target_column", watermark.target_column},
                          {"after", value(watermark.range.after)},
                          {"upto", value(state.upto)},
                          {"order", state.order},
                          {"nulls", state.nulls},
                          {"after_load", nullptr}};
  // The publish of an append is refused when another load came in between.
  if (!watermark.after_load.empty()) out["after_load"] = watermark.after_load;
  if (watermark.reaches) out["reaches"] = *watermark.reaches;
  return out;
}

}  // namespace orch::replication
