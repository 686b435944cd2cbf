#include "orchestrator/engine/schedules.h"

#include <algorithm>
#include <utility>

#include "orchestrator/base/log.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/facts.h"

namespace orch::engine {
namespace {

// The wall clock may be set while the engine waits.
constexpr Millis longest_sleep{1'000};

// Of one trigger in one turn: after a long downtime the rest follows in the next ones.
constexpr std::size_t most_fires = 100;

}  // namespace

void Schedules::changed() {
  changed_ = true;
  wakeup_.ring();
}

bool Schedules::has_work() const {
  if (!enabled_) return false;
  if (changed_ || reread_) return true;
  const auto now = wall_();
  return std::ranges::any_of(pipelines_,
                             [&](const auto& each) { return is_due(each.second, now); });
}

Millis Schedules::patience() const {
  if (pipelines_.empty()) return Millis::max();
  auto patience = longest_sleep;
  const auto now = wall_();
  for (const auto& [name, scheduled] : pipelines_)
    for (const auto& timer : scheduled.timers)
      if (timer.next) patience = std::clamp(*timer.next - now, Millis{0}, patience);
  return patience;
}

void Schedules::decide() {
  if (!enabled_) return;
  if (changed_.exchange(false)) {
    broken_.clear();
    reread_ = true;
  }
  if (std::exchange(reread_, false)) read_all();
  const auto now = wall_();
  for (auto& [name, scheduled] : pipelines_) {
    if (runs_.turn.is_full(share::fires)) return;
    if (is_due(scheduled, now)) guarded(name, [&] { fire(name, scheduled, now); });
  }
}

// What goes wrong with one pipeline keeps no other from firing.
template <class Work>
void Schedules::guarded(const std::string& pipeline, const Work& work) {
  const auto before = runs_.turn.writes();
  try {
    work();
  } catch (...) {
    const auto why = own_fault();
    log::error({{"pipeline", pipeline}}, "its schedules do not fire: {}", why);
    broken_[pipeline] = why;
    reread_ = true;
    if (runs_.turn.writes() != before) throw SpoiledTurn();
  }
}

void Schedules::read_all() {
  pipelines_.clear();
  for (const auto& row : runs_.store.pipelines().list()) {
    if (broken_.contains(row.name)) continue;
    guarded(row.name, [&] {
      auto made = scheduled(row);
      if (!made.timers.empty()) pipelines_.emplace(row.name, std::move(made));
    });
    fires_.look_at(row.name);
  }
}

// A schedule that is new, or another one than before, begins when it was deployed.
Schedules::Scheduled Schedules::scheduled(const store::PipelineRow& row) {
  auto& pipelines = runs_.store.pipelines();
  Scheduled made{fires_.document_of(row), {}};
  for (const auto& [name, trigger] : made.document->triggers) {
    const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind);
    if (!schedule) continue;
    Timer timer{name, trigger.text, *schedule, row.deployed_at - Millis{1}};
    const auto known = pipelines.position(row.name, name);
    if (known && known->trigger_text == trigger.text) {
      timer.position = known->at;
    } else {
      if (known) timer.position = std::max(timer.position, known->at);
      runs_.turn.transaction();
      pipelines.set_position(row.name, name, {timer.text, timer.position});
    }
    set_next(row.name, timer);
    made.timers.push_back(std::move(timer));
  }
  for (const auto& name : pipelines.positioned(row.name)) {
    if (made.document->triggers.contains(name)) continue;
    runs_.turn.transaction();
    pipelines.drop_position(row.name, name);
  }
  return made;
}

void Schedules::set_next(const std::string& pipeline, Timer& timer) const {
  const auto next = schedule::FireTimes(timer.trigger.schedule, timer.position + Millis{1}).next();
  timer.next.reset();
  if (next)
    timer.next = next->at + pipeline::delay_of(timer.trigger, pipeline, timer.name, next->at);
}

bool Schedules::is_due(const Scheduled& pipeline, Instant now) const {
  return std::ranges::any_of(pipeline.timers,
                             [&](const Timer& timer) { return timer.next && *timer.next <= now; });
}

void Schedules::fire(const std::string& pipeline, Scheduled& scheduled, Instant now) {
  auto& pipelines = runs_.store.pipelines();
  runs_.turn.transaction();  // from here on nothing changes what is read
  const auto row = pipelines.find(pipeline);
  if (!row || fires_.document_of(*row) != scheduled.document) {
    reread_ = true;  // it was deployed meanwhile
    return;
  }
  std::vector<NewFire> due;
  for (auto& timer : scheduled.timers) {
    auto of_timer = take_due(pipeline, timer, now);
    if (of_timer.empty()) continue;
    pipelines.set_position(pipeline, timer.name, {timer.text, timer.position});
    std::ranges::move(of_timer, std::back_inserter(due));
  }
  fires_.decide(*row, std::move(due));
}

std::vector<NewFire> Schedules::take_due(const std::string& pipeline, Timer& timer, Instant now) {
  std::vector<NewFire> due;
  schedule::FireTimes times(timer.trigger.schedule, timer.position + Millis{1});
  while (due.size() < most_fires) {
    const auto time = times.next();
    if (!time) break;
    const auto comes = time->at + pipeline::delay_of(timer.trigger, pipeline, timer.name, time->at);
    if (comes > now) break;
    NewFire fire;
    fire.fire = {pipeline, timer.name, pipeline::fire_key(time->at), "schedule", time->at};
    fire.fire.facts = json::write(pipeline::facts_of(*time, timer.trigger.schedule.zone.name()));
    fire.late = now - comes;
    fire.catch_up = timer.trigger.catch_up;
    timer.position = time->at;
    due.push_back(std::move(fire));
  }
  set_next(pipeline, timer);
  return due;
}

}  // namespace orch::engine
