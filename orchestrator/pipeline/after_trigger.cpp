#include "orchestrator/pipeline/after_trigger.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/pipeline/time_of_day.h"

namespace orch::pipeline {

std::optional<AfterTrigger> read_after_trigger(json::Fields& trigger) {
  const auto before = trigger.problems().size();
  AfterTrigger made;
  made.pipelines = trigger.strings("after");
  if (made.pipelines.empty() && trigger.problems().size() == before)
    trigger.problem("after", "after names no pipeline", "[\"treaties\", \"fx_rates\"]");
  const std::set<std::string> names(made.pipelines.begin(), made.pipelines.end());
  if (names.size() != made.pipelines.size())
    trigger.problem("after", "after names a pipeline twice");
  made.fresher_than = read_time_of_day(trigger, "fresher_than");
  made.zone = read_zone(trigger);
  if (trigger.problems().size() > before) return std::nullopt;
  return made;
}

std::optional<DueAfter> due_after(const AfterTrigger& trigger, std::span<const Success> latest,
                                  Instant last, Instant now) {
  const auto today = day_of(now, trigger.zone);
  const auto since =
      trigger.fresher_than ? instant_of(today, *trigger.fresher_than, trigger.zone) : last;
  const Success* newest = nullptr;
  for (const auto& name : trigger.pipelines) {
    const auto found = std::ranges::find(latest, name, &Success::pipeline);
    if (found == latest.end()) return std::nullopt;
    const bool fresh = trigger.fresher_than ? found->started_at >= since : found->ended_at > since;
    if (!fresh) return std::nullopt;
    if (!newest || found->ended_at > newest->ended_at) newest = &*found;
  }
  if (!newest) return std::nullopt;
  return DueAfter{trigger.fresher_than ? day_text(today) : newest->run_id, newest->ended_at};
}

}  // namespace orch::pipeline
