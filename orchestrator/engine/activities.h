// Tasks that are done outside: those of activities, and those whose token someone returns.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/task_token.h"
#include "orchestrator/engine/tasks.h"
#include "orchestrator/engine/timers.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// Queues of open tasks by activity; reports of those who hold a token; their signs of life.
class Activities final : public Participant, public Follower {
 public:
  Activities(Runs& runs, Tasks& tasks, Commands& commands, Observer* observer)
      : runs_(runs), tasks_(tasks), commands_(commands), observer_(observer) {}

  /// As those of the engine. Thread-safe.
  std::optional<ActivityTask> take_task(const std::string& activity, const std::string& worker);
  void give_back(const std::string& token);
  /// A report that comes before the service that passed the token on has answered is kept until
  /// that answer is recorded, for some seconds at most; likewise one for a run that is being
  /// decided elsewhere, until that is over.
  std::shared_ptr<Completion> report(const std::string& token, const TokenReport& report);

  void decide() override;
  void committed() override { heartbeats_.committed(); }
  void rolled_back() override { heartbeats_.rolled_back(); }
  Millis patience() const override;
  void closed(const std::exception_ptr& reason) override;

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void follow(Active& run, const execution::Event& event) override;
  void closed_some(Active& run) override;
  void moved(Active& run) override { release(run.row.id); }
  void dropped(const Active& run, const std::exception_ptr& why) override;

 private:
  /// An open task of an activity that no poller has taken.
  struct Untaken {
    store::ExecutionId execution;
    execution::Ticket ticket;
    bool given_back;  ///< its history says that a worker has begun it
  };
  /// What someone reports, and what has become of it.
  struct Report {
    std::string token;
    TokenReport report;
    Instant submission_awaited_until;             ///< on the steady clock
    std::shared_ptr<LongDecision> decision = {};  ///< that it led to
    store::ExecutionId run{};                     ///< that it is for
    bool waits = false;                           ///< until that has moved
    bool awaits_submission = false;
    std::shared_ptr<Completion> answer = std::make_shared<Completion>();
  };

  std::optional<ActivityTask> take(const std::string& activity, const std::string& worker);
  void put_back(const std::string& token);
  void post(const std::shared_ptr<Report>& report);
  bool consider(Report& report);
  bool is_about_to_be_submitted(const Report& report, const execution::OpenTask& task) const;
  void decide_report(Active& run, execution::Ticket ticket, const TokenReport& report);
  void release(store::ExecutionId run);
  void watch(const Timer& timer);
  void watch_from(Active& run, const execution::OpenTask& task, Instant sign);

  Runs& runs_;
  Tasks& tasks_;
  Commands& commands_;
  Observer* observer_;
  std::unordered_map<std::string, std::deque<Untaken>> queues_;  ///< by activity, oldest first
  /// When each task last showed a sign of life on the steady clock.
  std::map<store::ExecutionId, std::map<execution::Ticket, Instant>> signs_;
  std::map<store::ExecutionId, std::vector<std::shared_ptr<Report>>> waiting_;
  Timers heartbeats_;
};

}  // namespace orch::engine
