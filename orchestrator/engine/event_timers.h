// Timers that events start: ends of waits, pauses, tasks and executions.
#pragma once

#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/timers.h"

namespace orch::engine {

class EventTimers final : public Participant, public Follower {
 public:
  explicit EventTimers(Runs& runs) : runs_(runs) {}

  void decide() override;
  void committed() override { timers_.committed(); }
  void rolled_back() override { timers_.rolled_back(); }
  Millis patience() const override { return timers_.patience(); }

  void follow(Active& run, const execution::Event& event) override;
  void folded(Active& run) override;

 private:
  Runs& runs_;
  Timers timers_;
};

}  // namespace orch::engine
