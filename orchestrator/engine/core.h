// The inside of the engine. Everything but the inbox belongs to the engine's thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/pool.h"
#include "orchestrator/engine/timers.h"

namespace orch::engine {

/// A run in memory: a cache of the store.
struct Active {
  Active(store::ExecutionRow the_row, machine::Execution the_execution)
      : row(std::move(the_row)), execution(std::move(the_execution)) {}

  store::ExecutionRow row;
  machine::Execution execution;
  bool stale = false;  ///< a commit failed: fold again before the next use
  /// Deliveries without a result, by ticket.
  std::unordered_map<machine::EventId, std::shared_ptr<Delivery>> deliveries;
};

/// Something a caller asked for. `act` runs inside the turn and may be run again after a store
/// error; `answer` after the commit; `fail` instead of it.
struct Command {
  std::function<void()> act;
  std::function<void()> answer;
  std::function<void(std::exception_ptr)> fail;
};

class Engine::Core {
 public:
  Core(store::Store& store, const workers::Registry& registry, Options options, Observer* observer);
  ~Core();

  Submitted submit(const Submission& submission);
  std::future<Submitted> start(Submission submission);
  std::string redrive(const std::string& run, const Redrive& redrive);
  std::string stop(const std::string& run, const std::string& error, const std::string& cause);
  store::ExecutionRow wait(const std::string& run_id);
  void wait_idle();
  void drain(Millis patience);

 private:
  /// What has arrived and is not yet part of a commit.
  struct Inbox {
    std::vector<Command> commands;
    std::deque<WorkerNews> news;
  };
  /// What one turn made happen, to be carried out after its commit.
  struct Effect {
    store::ExecutionId id{};
    std::vector<machine::Event> events;
  };
  using What = decltype(machine::Stimulus::what);
  using RowPromise = std::shared_ptr<std::promise<store::ExecutionRow>>;
  using IdlePromise = std::shared_ptr<std::promise<void>>;

  // core.cpp: the thread and the turn
  void run();
  void recover();
  bool take(Inbox& pending);
  bool turn(Inbox& pending);
  std::size_t try_turn(Inbox& pending);
  void act(std::vector<Command>& commands);
  void hear(const WorkerNews& news);
  void fire_timers();
  void continue_those_with_more();
  void stimulate(Active& active, What what);
  void record_outcome(Active& active, const std::vector<machine::Event>& events);
  store::Turn& transaction();
  void roll_back();
  void report_progress();
  void fail_all(Inbox& pending, const std::exception_ptr& error);
  void post(Command command);
  void post(WorkerNews news);
  template <class Result>
  std::future<Result> ask(std::function<Result()> act);
  template <class Result>
  Result call(std::function<Result()> act);

  // dispatch.cpp: what follows from committed events
  void carry_out();
  void dispatch(Active& active, const std::vector<machine::Event>& events);
  void dispatch_task(Active& active, const machine::OpenTask& task);
  void watch_heartbeat(const Timer& timer);
  void stop_closed_tasks(Active& active);
  void ended(const store::ExecutionRow& row);

  // runs.cpp: submissions, redrives, and the cache of executions
  Submitted do_submit(const Submission& submission);
  std::string do_redrive(const std::string& run, const Redrive& redrive);
  std::string do_stop(const std::string& run, const std::string& error, const std::string& cause);
  void check_resources(const asl::Workflow& workflow) const;
  Active* find(store::ExecutionId id);
  Active& load(const store::ExecutionRow& row);
  machine::Execution fold(const store::ExecutionRow& row);
  std::shared_ptr<const asl::Workflow> workflow(const std::string& hash);

  store::Store& store_;
  const workers::Registry& registry_;
  Options options_;
  Observer* observer_;

  std::mutex mutex_;  ///< guards inbox_, closing_, stopped_ and failure_
  std::condition_variable wake_;
  Inbox inbox_;
  bool closing_ = false;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> has_results_ = false;

  std::map<store::ExecutionId, std::unique_ptr<Active>> active_;
  std::unordered_map<std::string, std::shared_ptr<const asl::Workflow>> workflows_;
  std::map<std::string, std::vector<RowPromise>> waiters_;
  std::vector<IdlePromise> idle_waiters_;
  Timers timers_;
  std::unique_ptr<store::Turn> transaction_;
  std::vector<Effect> effects_;
  std::vector<store::ExecutionId> created_;  ///< in the turn that is not committed yet
  std::deque<store::ExecutionId> more_;
  std::vector<std::shared_ptr<Delivery>> to_queue_;
  std::int64_t next_fence_ = 0;
  int in_flight_ = 0;
  Instant now_{};
  Instant progress_at_{};
  std::uint64_t seed_ = 0;

  std::unique_ptr<WorkerPool> pool_;
  std::thread thread_;
};

}  // namespace orch::engine
