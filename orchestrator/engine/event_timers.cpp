#include "orchestrator/engine/event_timers.h"

namespace orch::engine {

void EventTimers::decide() {
  while (const auto timer = timers_.take(runs_.turn.clock().steady())) {
    runs_.isolation.within(timer->execution, [&] {
      if (auto* run = runs_.executions.find(timer->execution))
        runs_.decisions.stimulate(*run, execution::TimerDue{timer->id});
    });
  }
}

void EventTimers::follow(Active& run, const execution::Event& event) {
  if (event.due) timers_.add({runs_.turn.clock().due(*event.due), run.row.id, event.id});
}

void EventTimers::folded(Active& run) {
  for (const auto& timer : run.execution.open_timers())
    timers_.add({runs_.turn.clock().due(timer.due), run.row.id, timer.timer});
}

}  // namespace orch::engine
