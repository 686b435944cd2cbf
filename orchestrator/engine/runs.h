// What decides about runs, for those who bring something for them.
#pragma once

#include "orchestrator/engine/commands.h"
#include "orchestrator/engine/decisions.h"
#include "orchestrator/engine/executions.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/isolation.h"
#include "orchestrator/engine/turn.h"
#include "orchestrator/engine/workflows.h"

namespace orch::engine {

struct Runs {
  Runs(store::Store& the_store, const Options& options, Turn& the_turn, Commands& commands)
      : store(the_store),
        turn(the_turn),
        workflows(store, options),
        executions(store, options, workflows, followers),
        isolation(store, turn, workflows, executions),
        decisions(store, turn, commands, workflows, executions, isolation) {}

  store::Store& store;
  Turn& turn;
  Workflows workflows;
  Followers followers;
  Executions executions;
  Isolation isolation;
  Decisions decisions;
};

}  // namespace orch::engine
