// The engine put together: its parts, and in which order they take part in a turn.
#pragma once

#include <vector>

#include "orchestrator/engine/activities.h"
#include "orchestrator/engine/admission.h"
#include "orchestrator/engine/claiming.h"
#include "orchestrator/engine/controls.h"
#include "orchestrator/engine/dispatch.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/event_timers.h"
#include "orchestrator/engine/fires.h"
#include "orchestrator/engine/map_runs.h"
#include "orchestrator/engine/nested.h"
#include "orchestrator/engine/orphans.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/schedules.h"
#include "orchestrator/engine/submissions.h"
#include "orchestrator/engine/tasks.h"
#include "orchestrator/engine/turn_loop.h"
#include "orchestrator/engine/waiters.h"

namespace orch::engine {

/// Everything but Wakeup and what Commands takes belongs to the thread of `loop`.
struct Engine::Core {
  Core(store::Store& store, const workers::Registry& registry, Options the_options,
       Observer* observer);

  Options options;
  Wakeup wakeup;
  Turn turn;
  Commands commands;
  Runs runs;
  Orphans orphans;
  Claiming claiming;
  Admission admission;
  Submissions submissions;
  MapRuns map_runs;
  Tasks tasks;
  Activities activities;
  EventTimers timers;
  Waiters waiters;
  Dispatch dispatch;
  Controls controls;
  Fires fires;
  Nested nested;
  Schedules schedules;
  TurnLoop loop;

 private:
  std::vector<Participant*> recovered();
};

}  // namespace orch::engine
