// Callers that wait for runs to end.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "orchestrator/engine/commands.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"

namespace orch::engine {

class Waiters final : public Participant, public Follower {
 public:
  Waiters(Runs& runs, Commands& commands) : runs_(runs), commands_(commands) {}

  /// As those of the engine. Thread-safe.
  store::ExecutionRow wait(const std::string& run_id);
  void wait_idle();

  void carry_out() override;
  void closed(const std::exception_ptr& reason) override;
  void ended(Active& run) override;
  void dropped(const Active& run, const std::exception_ptr& why) override;

 private:
  using RowPromise = std::shared_ptr<std::promise<store::ExecutionRow>>;
  using IdlePromise = std::shared_ptr<std::promise<void>>;

  Runs& runs_;
  Commands& commands_;
  // Sets, because a command may be run again after a store error.
  std::map<store::ExecutionId, std::set<RowPromise>> waiting_;
  std::set<IdlePromise> waiting_idle_;
};

}  // namespace orch::engine
