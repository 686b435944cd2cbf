// Decisions that take longer than a turn may: made on threads of their own, from a copy of the run,
// while the turns of the others go on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/execution/execution.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {

/// Something to evaluate for a run, on a thread that may take its time.
class LongWork {
 public:
  explicit LongWork(store::ExecutionId the_run) : run(the_run) {}
  virtual ~LongWork() = default;
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  /// On the thread; what it throws becomes `failure`.
  virtual void make() = 0;

  /// True: it is tried until its result is committed, false: until it is made.
  virtual bool ends_with_commit() const { return false; }

  store::ExecutionId run;
  std::atomic<bool> cancelled = false;
  /// Why there is no result; empty: it was made. Set before it is told that the work is done, as
  /// is how long it took.
  std::string failure;
  std::chrono::steady_clock::duration took{};
};

struct LongDecision final : LongWork {
  LongDecision(store::ExecutionId the_run, execution::Execution the_execution,
               execution::Stimulus the_stimulus)
      : LongWork(the_run), execution(std::move(the_execution)), stimulus(std::move(the_stimulus)) {}
  void make() override { events = execution->decide(stimulus); }
  bool ends_with_commit() const override { return true; }

  /// As the run was when the stimulus came, and then as it is with the result; of the thread until
  /// then. Unset: the run has it.
  std::optional<execution::Execution> execution;
  execution::Stimulus stimulus;
  std::vector<execution::Event> events;  ///< the result

  /// Of the engine's thread: the turn that put the decision off is committed.
  bool kept = false;
  bool adopted = false;  ///< likewise: its events are committed
};

class DecisionThreads {
 public:
  /// A run is marked there while it is decided.
  explicit DecisionThreads(store::UnderDecision& marks) : marks_(marks) {}
  /// Cancels what is under way and waits for it.
  ~DecisionThreads();
  DecisionThreads(const DecisionThreads&) = delete;
  DecisionThreads& operator=(const DecisionThreads&) = delete;

  /// `made` is called on one of the threads, unless the work is cancelled.
  void add(std::shared_ptr<LongWork> work, std::function<void()> made);

  /// These runs were being decided when a process died: one of them is tried at a time, so that
  /// the next death tells which it was.
  void suspect(std::set<store::ExecutionId> runs);
  /// True while one of them is tried.
  bool is_trying() const;
  /// What a suspect has decided is committed, or given up: it is tried no more. `absolved`: nor is
  /// it a suspect.
  void tried(store::ExecutionId run, bool absolved);

 private:
  struct Job {
    std::shared_ptr<LongWork> work;
    std::function<void()> made;
  };
  void run(std::size_t thread);
  std::deque<Job>::iterator next();

  store::UnderDecision& marks_;
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::set<store::ExecutionId> suspects_;
  std::optional<store::ExecutionId> trying_;
  std::vector<std::shared_ptr<LongWork>> under_way_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace orch::engine
