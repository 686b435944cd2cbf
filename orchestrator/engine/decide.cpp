// From what arrived to events: the first half of a turn.
#include <algorithm>
#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/time_slice.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/folding.h"

namespace orch::engine {
namespace {

// Events of one turn; what else has arrived waits for the next, which follows at once. Bounds the
// memory of a turn and the time until a result of it is durable.
constexpr std::size_t max_events = 20'000;
constexpr std::size_t max_bytes = std::size_t{256} << 20;  // likewise, of payloads
constexpr Millis look_interval{20};
// Of one decision. What takes longer is made elsewhere, and others do not wait for it.
constexpr Millis longest_decision{10};

}  // namespace

Engine::Core::Taken Engine::Core::decide(Inbox& pending) {
  Taken taken;
  grant_claims();
  end_doomed();
  stop_orphans();
  for (; taken.commands < pending.commands.size() && !turn_is_full(commands_share);
       ++taken.commands)
    obey(pending.commands[taken.commands]);
  for (; taken.news < pending.news.size() && !turn_is_full(news_share); ++taken.news)
    hear(pending.news[taken.news]);
  announce_begun();
  fire_timers();
  continue_those_with_more();
  continue_nested();
  continue_map_runs();
  return taken;
}

// A command that throws is refused. When it had begun to write, the turn is decided without it.
void Engine::Core::obey(Command& command) {
  if (command.spoils) return;
  command.refused = nullptr;
  const auto before = writes_;
  try {
    fault::point("engine.command");
    command.act();
  } catch (...) {
    command.refused = std::current_exception();
    own_fault();
    if (writes_ == before) return;
    command.spoils = true;
    throw SpoiledTurn();
  }
}

// First of all, so that a redrive finds them stopped.
void Engine::Core::stop_orphans() {
  for (const auto& [parent, map_run] : orphans_) stop_children(parent, map_run);
  for (const auto run : nested_orphans_) stop_orphan(run);
}

// Nobody waits for it any more.
void Engine::Core::stop_orphan(store::ExecutionId run) {
  within(run, [&] {
    if (auto* active = find(run)) stimulate(*active, execution::Stop{"", ""});
  });
}

bool Engine::Core::turn_is_full(Millis share) const {
  return decided_ >= max_events || decided_bytes_ >= max_bytes ||
         std::chrono::steady_clock::now() - turn_began_ >= share;
}

void Engine::Core::hear(const WorkerNews& news) {
  within(news.delivery->execution, [&] { take_in(news); });
}

void Engine::Core::take_in(const WorkerNews& news) {
  const auto& delivery = *news.delivery;
  auto* active = find(delivery.execution);
  if (!active) return;  // the run has ended without it
  fault::point("engine.result_received");
  const auto ticket = delivery.ticket;
  if (const auto* done = std::get_if<WorkerNews::Done>(&news.what)) {
    auto output = json::Payload::of_text(done->output);
    if (delivery.submits) return stimulate(*active, execution::TaskSubmitted{ticket, output});
    return stimulate(*active, execution::TaskDone{ticket, output});
  }
  if (const auto* failure = std::get_if<asl::Failure>(&news.what))
    return stimulate(*active, execution::TaskBroken{ticket, *failure});
  if (const auto* waits = std::get_if<WorkerNews::Waits>(&news.what))
    return wait_for_claim(*active, ticket, waits->names);
}

// Records the start of tasks that are at work for longer than a moment. The start of a short one
// is recorded with its end, so that a step costs one commit.
void Engine::Core::announce_begun() {
  if (in_flight_ <= announced_ || now_ < looked_at_ + look_interval) return;
  looked_at_ = now_;
  for (const auto& delivery : pool_->at_work()) {
    if (delivery->announced) continue;
    within(delivery->execution, [&] {
      auto* active = find(delivery->execution);
      if (!active) return;
      touch(*active);  // after a failed commit it is to be announced again
      delivery->announced = true;
      ++announced_;
      stimulate(*active, execution::TaskBegun{delivery->ticket, ""});
    });
  }
}

void Engine::Core::fire_timers() {
  while (const auto timer = timers_.take(clock_.steady())) {
    fired_.push_back(*timer);
    within(timer->execution, [&] {
      if (timer->kind == Timer::Kind::heartbeat) return watch_heartbeat(*timer);
      if (auto* active = find(timer->execution)) stimulate(*active, execution::TimerDue{timer->id});
    });
  }
}

// A look at a task's latest sign of life; the next look is when it would be overdue.
void Engine::Core::watch_heartbeat(const Timer& timer) {
  auto* active = find(timer.execution);
  if (!active) return;
  if (const auto outside = active->outside.find(timer.id); outside != active->outside.end())
    return watch_outside(*active, timer, outside->second);
  const auto found = active->deliveries.find(timer.id);
  if (found == active->deliveries.end()) return;
  const auto& delivery = *found->second;
  const auto limit = std::chrono::seconds(*delivery.heartbeat_seconds);
  const auto sign = delivery.last_sign();
  // A task that waits for a worker thread is not silent yet.
  const auto now = clock_.steady();
  const auto due = sign == 0 ? now + limit : Instant{Millis{sign}} + limit;
  if (due > now) return timers_.add({due, timer.execution, timer.id, Timer::Kind::heartbeat});
  stimulate(*active, execution::HeartbeatMissed{execution::Ticket{timer.id}});
}

void Engine::Core::watch_outside(Active& active, const Timer& timer, Instant sign) {
  const auto task = active.execution.open_task(execution::Ticket{timer.id});
  if (!task || !task->heartbeat_seconds) return;
  const auto due = sign + std::chrono::seconds(*task->heartbeat_seconds);
  if (due > clock_.steady())
    return timers_.add({due, active.row.id, timer.id, Timer::Kind::heartbeat});
  stimulate(active, execution::HeartbeatMissed{task->ticket});
}

// After everybody's news, so that a run with much to do does not delay the others.
void Engine::Core::continue_those_with_more() {
  for (auto count = more_.size(); count > 0 && !turn_is_full(more_share); --count) {
    const auto run = more_.front();
    within(run, [&] {
      auto* active = find(run);  // should the store fail now, it keeps its place
      more_.pop_front();
      if (!active) return;
      active->in_more = false;
      continue_run(*active);
    });
  }
}

void Engine::Core::stimulate(Active& active, What what) {
  // While a decision is made elsewhere everything but the end of the run waits for it.
  if (active.decision && std::holds_alternative<execution::Stop>(what)) active.drop_decision();
  if (active.decision) {
    active.deferred.push_back(std::move(what));
    return;
  }
  auto events = decided(active, std::move(what));
  if (active.execution.has_more()) queue_more(active);
  take_events(active, std::move(events));
}

void Engine::Core::take_events(Active& active, std::vector<execution::Event> events) {
  if (events.empty()) return;
  touch(active);
  decided_ += events.size();
  for (const auto& event : events)
    if (event.payload) decided_bytes_ += event.payload->text().size();
  if (active.events.empty())
    active.events = std::move(events);
  else
    std::move(events.begin(), events.end(), std::back_inserter(active.events));
}

std::vector<execution::Event> Engine::Core::decided(Active& active, What what) {
  const store::UnderDecision::Mark mark(store_.under_decision(), active.row.id);
  try {
    fault::point("engine.decide");
    execution::Stimulus stimulus{now_, secrets_.next_bits(), std::move(what), secrets_.next()};
    try {
      const TimeSlice slice(longest_decision);
      return active.execution.decide(stimulus);
    } catch (const SliceOver&) {
      touch(active);
      return put_off(active, std::move(stimulus));
    }
  } catch (...) {
    touch(active);  // its memory is of no use now, whoever is to blame
    return broken_off(active, own_fault());
  }
}

void Engine::Core::touch(Active& active) {
  if (!std::exchange(active.touched, true)) touched_.push_back(&active);
}

void Engine::Core::queue_more(Active& active) {
  if (!std::exchange(active.in_more, true)) more_.push_back(active.row.id);
}

void Engine::Core::record_outcome(Active& active) {
  const bool changed =
      std::any_of(active.events.begin(), active.events.end(), [](const execution::Event& event) {
        return is_execution_end(event.type) ||
               event.type == execution::EventType::execution_redriven;
      });
  if (!changed) return;
  take_outcome(active.execution, now_, active.row);
  transaction().set_outcome(active.row);
}

void Engine::Core::report_progress() {
  progress_at_ = now_;
  for (auto& [id, active] : active_) {
    std::vector<store::ProgressRow> rows;
    bool fresh = false;
    for (auto& [ticket, delivery] : active->deliveries) {
      const auto latest = delivery->latest_progress(fresh);
      if (!latest) continue;
      rows.push_back({execution::Ticket{ticket}, latest->key, latest->phase, latest->rows,
                      latest->bytes, latest->expected_rows, now_});
    }
    if (fresh) write_progress(id, rows);
  }
}

// No run suffers from what is worth nothing after a crash.
void Engine::Core::write_progress(store::ExecutionId run,
                                  const std::vector<store::ProgressRow>& rows) {
  try {
    transaction().set_progress(run, rows);
  } catch (...) {
    log::warn("msg=\"progress is not shown: {}\"", own_fault());
  }
}

store::Turn& Engine::Core::transaction() {
  ++writes_;
  if (!transaction_) transaction_ = store_.begin();
  return *transaction_;
}

}  // namespace orch::engine
