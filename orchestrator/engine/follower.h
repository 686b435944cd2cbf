// What follows from what runs have done.
#pragma once

#include <exception>
#include <set>
#include <vector>

#include "orchestrator/engine/active.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// One of those who act on what a run has done. Called on the engine's thread, of what is
/// committed unless it is said otherwise.
class Follower {
 public:
  virtual ~Follower() = default;
  Follower() = default;
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// True: the open task is this one's business and in its hands from now on. Asked again after a
  /// restart and after a failed commit.
  virtual bool take_on(Active& /*run*/, const execution::OpenTask& /*task*/) { return false; }
  virtual void follow(Active& /*run*/, const execution::Event& /*event*/) {}
  /// Tasks of the run are closed that had no result: those of them in hand are let go.
  virtual void closed_some(Active& /*run*/) {}
  /// The run took part in the turn; its events were followed.
  virtual void moved(Active& /*run*/) {}
  /// The run has ended; dropped() comes next.
  virtual void ended(Active& /*run*/) {}

  /// The run is in memory, maybe of a turn that is not committed.
  virtual void added(const Active& /*run*/) {}
  /// The run was folded from its history: at a start, a resume, or after a failed commit.
  virtual void folded(Active& /*run*/) {}
  /// What the run did in a turn that failed has not happened.
  virtual void undone(Active& /*run*/) {}
  /// The run leaves memory: it has ended, its first turn has failed, or it is set aside (`why`).
  virtual void dropped(const Active& /*run*/, const std::exception_ptr& /*why*/) {}
  /// After a start or a resume: parts of runs may be under way that their run no longer waits for.
  /// `running` are all runs that have not ended, those that rest included.
  virtual void recovered(const std::set<store::ExecutionId>& /*running*/) {}
};

/// All of them, in their order.
class Followers final : public Follower {
 public:
  void add(Follower& follower) { all_.push_back(&follower); }

  /// The first that takes it on has it.
  bool take_on(Active& run, const execution::OpenTask& task) override {
    for (auto* each : all_)
      if (each->take_on(run, task)) return true;
    return false;
  }
  void follow(Active& run, const execution::Event& event) override {
    for (auto* each : all_) each->follow(run, event);
  }
  void closed_some(Active& run) override {
    for (auto* each : all_) each->closed_some(run);
  }
  void moved(Active& run) override {
    for (auto* each : all_) each->moved(run);
  }
  void ended(Active& run) override {
    for (auto* each : all_) each->ended(run);
  }
  void added(const Active& run) override {
    for (auto* each : all_) each->added(run);
  }
  void folded(Active& run) override {
    for (auto* each : all_) each->folded(run);
  }
  void undone(Active& run) override {
    for (auto* each : all_) each->undone(run);
  }
  void dropped(const Active& run, const std::exception_ptr& why) override {
    for (auto* each : all_) each->dropped(run, why);
  }
  void recovered(const std::set<store::ExecutionId>& running) override {
    for (auto* each : all_) each->recovered(running);
  }

 private:
  std::vector<Follower*> all_;
};

}  // namespace orch::engine
