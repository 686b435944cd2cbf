// What follows from committed events.
#pragma once

#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"

namespace orch::engine {

/// Tells the observer and the followers what the runs of a turn have done, and lets those go that
/// have ended.
class Dispatch final : public Participant {
 public:
  Dispatch(Runs& runs, Observer* observer) : runs_(runs), observer_(observer) {}

  void carry_out() override;

 private:
  void carry_out(Active& run);
  void follow(Active& run, const std::vector<execution::Event>& events);

  Runs& runs_;
  Observer* observer_;
};

}  // namespace orch::engine
