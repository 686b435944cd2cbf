#include "orchestrator/engine/map_run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

// Children at a time when the definition names no limit: the service's own is 10,000.
constexpr std::int64_t default_window = 1'000;
constexpr std::int64_t widest_window = 10'000;

}  // namespace

bool Batch::add(std::string item, const Batching& batching) {
  // Braces, names and brackets around the items.
  constexpr std::size_t frame_bytes = 32;
  const auto size = text_.size() + item.size() + batching.batch_input.size() + frame_bytes;
  const bool fits = batching.max_bytes == 0 || size <= static_cast<std::size_t>(batching.max_bytes);
  if (items_ > 0 && !fits) {
    waiting_ = std::move(item);
    return false;
  }
  if (items_ > 0) text_ += ',';
  text_ += item;
  ++items_;
  return true;
}

std::string Batch::close(const Batching& batching) {
  auto items = std::exchange(text_, {});
  items_ = 0;
  if (waiting_) add(*std::exchange(waiting_, std::nullopt), batching);
  if (!batching.batched) return items;
  const auto extra =
      batching.batch_input.empty() ? "" : "\"BatchInput\":" + batching.batch_input + ",";
  return "{" + extra + "\"Items\":[" + items + "]}";
}

bool MapRun::finished() const {
  if (running > 0) return false;
  if (failure) return true;
  return to_redrive.empty() && batch.empty() && !is_selecting() && length && next_item == *length;
}

void MapRun::count(const std::vector<store::ChildCounts>& children) {
  for (const auto& counts : children) {
    next_child += counts.children;
    next_item += counts.items;
    if (counts.status == execution::Status::running)
      running += counts.children;
    else if (counts.status != execution::Status::succeeded)
      failed_items += counts.items;
  }
}

bool MapRun::exceeded() const {
  if (!tolerated_count && !tolerated_percentage) return failed_items > 0;
  // Either limit alone ends the map run.
  if (tolerated_count && failed_items > *tolerated_count) return true;
  return tolerated_percentage && length &&
         100.0 * static_cast<double>(failed_items) >
             *tolerated_percentage * static_cast<double>(*length);
}

MapRun read_plan(const execution::OpenTask& task) {
  auto plan = execution::map_plan_from_json(task.parameters.value());
  MapRun run;
  run.name = task.resource.text;
  run.id = task.map_run_id;
  run.ticket = task.ticket;
  run.most_running = std::min(plan.max_concurrency.value_or(default_window), widest_window);
  run.tolerated_count = plan.tolerated_count;
  run.tolerated_percentage = plan.tolerated_percentage;
  run.reader = std::move(plan.reader);
  run.writer = std::move(plan.writer);
  if (!plan.batcher) return run;
  run.batching.batched = true;
  run.batching.max_items =
      plan.batcher->max_items.value_or(std::numeric_limits<std::int64_t>::max());
  run.batching.max_bytes = plan.batcher->max_bytes.value_or(0);
  if (plan.batcher->batch_input) run.batching.batch_input = json::write(*plan.batcher->batch_input);
  return run;
}

void apply(const store::MapRunLimits& limits, MapRun& run) {
  if (limits.max_concurrency)
    run.most_running = *limits.max_concurrency == 0
                           ? widest_window
                           : std::min(*limits.max_concurrency, widest_window);
  if (limits.tolerated_count) run.tolerated_count = limits.tolerated_count;
  if (limits.tolerated_percentage) run.tolerated_percentage = limits.tolerated_percentage;
}

}  // namespace orch::engine
