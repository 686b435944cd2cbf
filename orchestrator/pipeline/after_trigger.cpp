#include "orchestrator/pipeline/after_trigger.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/pipeline/time_of_day.h"

namespace orch::pipeline {
namespace {

std::vector<std::string> read_names(json::Fields& fields, std::string_view field) {
  auto read = fields.strings(field);
  const std::set<std::string> names(read.begin(), read.end());
  if (names.size() != read.size()) fields.problem(field, fmt::format("{} has a name twice", field));
  return read;
}

}  // namespace

std::optional<AfterTrigger> read_after_trigger(json::Fields& trigger) {
  const auto before = trigger.problems().size();
  AfterTrigger made;
  const auto* value = trigger.get("after");
  if (value && value->is_object()) {
    json::Fields after(value->get_object(), trigger.at("after"), trigger.problems());
    made.pipelines = read_names(after, "pipelines");
    made.datasets = read_names(after, "datasets");
    after.finish("what a trigger comes after");
  } else {
    made.pipelines = read_names(trigger, "after");
  }
  if (made.pipelines.empty() && made.datasets.empty() && trigger.problems().size() == before)
    trigger.problem("after", "after names no pipeline and no dataset",
                    R"(["treaties", "fx_rates"] or {"datasets": ["treaties", "fx_rates"]})");
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
  const auto all_fresh = [&](const std::vector<std::string>& names, bool datasets) {
    return std::ranges::all_of(names, [&](const std::string& name) {
      const auto found = std::ranges::find_if(latest, [&](const Success& each) {
        return each.dataset == datasets && each.name == name;
      });
      if (found == latest.end()) return false;
      if (!newest || found->ended_at > newest->ended_at) newest = &*found;
      return trigger.fresher_than ? found->started_at >= since : found->ended_at > since;
    });
  };
  if (!all_fresh(trigger.pipelines, false) || !all_fresh(trigger.datasets, true))
    return std::nullopt;
  if (!newest) return std::nullopt;
  return DueAfter{trigger.fresher_than ? day_text(today) : newest->run_id, newest->ended_at};
}

}  // namespace orch::pipeline
