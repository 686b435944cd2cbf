#include "orchestrator/engine/holds.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orch::engine {

std::string pipeline_of(const store::ExecutionRow& run) {
  return run.made.pipeline ? run.made.pipeline->pipeline : std::string();
}

std::string describe_hold(const store::HoldRow& hold) {
  auto text = (hold.subject == "server" ? "the server" : hold.subject) + ", held";
  if (hold.until) text += " until " + to_iso(*hold.until);
  if (!hold.by.empty()) text += " by " + hold.by;
  if (!hold.reason.empty()) text += ": " + hold.reason;
  return text;
}

void Holds::load(std::vector<store::HoldRow> rows) {
  holds_.clear();
  for (auto& row : rows) put(std::move(row));
}

bool Holds::any_of_connections() const {
  return std::ranges::any_of(
      holds_, [](const auto& entry) { return entry.first.starts_with("connection "); });
}

const store::HoldRow* Holds::on(const std::string& subject, const store::ExecutionRow& run,
                                Instant now) const {
  const auto found = holds_.find(subject);
  if (found == holds_.end()) return nullptr;
  const auto& hold = found->second;
  if (hold.until && *hold.until <= now) return nullptr;
  const bool goes_on = hold.mode == store::HoldMode::finish && run.made.started_at < hold.since;
  return goes_on ? nullptr : &hold;
}

const store::HoldRow* Holds::on_run(const store::ExecutionRow& run, Instant now) const {
  if (holds_.empty()) return nullptr;
  if (const auto* hold = on("server", run, now)) return hold;
  if (const auto* hold = on("run " + run.made.run_id, run, now)) return hold;
  const auto pipeline = pipeline_of(run);
  return pipeline.empty() ? nullptr : on("pipeline " + pipeline, run, now);
}

const store::HoldRow* Holds::on_connection(const std::string& name, const store::ExecutionRow& run,
                                           Instant now) const {
  return holds_.empty() ? nullptr : on("connection " + name, run, now);
}

std::vector<std::string> Holds::over(Instant now) const {
  std::vector<std::string> subjects;
  for (const auto& [subject, hold] : holds_)
    if (hold.until && *hold.until <= now) subjects.push_back(subject);
  return subjects;
}

Instant Holds::next_end() const {
  auto next = Instant::max();
  for (const auto& [subject, hold] : holds_)
    if (hold.until) next = std::min(next, *hold.until);
  return next;
}

}  // namespace orch::engine
