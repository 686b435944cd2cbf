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
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "orchestrator/base/error.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/engine/background.h"
#include "orchestrator/engine/claims.h"
#include "orchestrator/engine/clock.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/long_decision.h"
#include "orchestrator/engine/map_run.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/engine/pool.h"
#include "orchestrator/engine/run_id.h"
#include "orchestrator/engine/timers.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {

/// A run in memory: a cache of the store.
struct Active {
  using What = decltype(execution::Stimulus::what);

  Active(store::ExecutionRow the_row, execution::Execution the_execution)
      : row(std::move(the_row)), execution(std::move(the_execution)) {}
  ~Active() { drop_decision(); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

  /// Nothing comes of the decision that is made elsewhere.
  void drop_decision() {
    if (decision) decision->cancelled = true;
    decision.reset();
  }

  store::ExecutionRow row;
  execution::Execution execution;
  /// Deliveries whose end is not committed, by ticket.
  std::unordered_map<execution::EventId, std::shared_ptr<Delivery>> deliveries;
  /// Tasks that are done outside: when each last showed a sign of life on the steady clock, by
  /// ticket.
  std::unordered_map<execution::EventId, Instant> outside;
  /// Tickets of map runs under way, by the id of their MapRunStarted. Whoever is no longer open at
  /// the end of a turn leaves children that must be stopped.
  std::map<execution::EventId, execution::Ticket> open_map_runs;
  /// Tickets of open tasks that wait, with the run, for what another run claims.
  std::set<execution::EventId> parked;
  std::unordered_map<execution::EventId, MapRun>
      map_runs;  ///< likewise; dropped by a failed commit

  std::shared_ptr<LongDecision> decision;  ///< made elsewhere; until then nothing else is decided
  std::vector<What> deferred;              ///< what has come meanwhile, in its order
  std::size_t deferred_taken = 0;          ///< of those: decided in this turn
  std::set<execution::Ticket> reported;    ///< outside tasks whose reports are decided elsewhere

  std::vector<execution::Event> events;  ///< decided in this turn
  bool touched = false;                  ///< has a place in touched_
  bool created = false;                  ///< became active in this turn
  bool in_more = false;                  ///< has a place in more_
  bool stale = false;                    ///< a commit failed: fold again before the next use
  bool of_client = false;                ///< Options::access bounds it
  int misfires = 0;                      ///< turns in a row that could not be carried out
};

/// A run whose own work threw in a turn that is decided again.
struct Doomed {
  std::string why;
  int times = 0;  ///< 1: the run is ended; more: that threw too, and the run is set aside
};

/// Something a caller asked for. `act` runs inside the turn and may be run again after a store
/// error; after the commit comes `answer`, or `fail` with what `act` threw.
struct Command {
  std::function<void()> act;
  std::function<void()> answer;
  std::function<void(std::exception_ptr)> fail;
  std::exception_ptr refused = {};  ///< what `act` threw
  bool spoils = false;              ///< it threw after it had begun to write, and is not run again
};

class Engine::Core {
 public:
  Core(store::Store& store, const workers::Registry& registry, Options options, Observer* observer);
  ~Core();

  std::future<Submitted> start(Submission submission);
  std::string redrive(const std::string& run, const Redrive& redrive);
  std::string stop(const std::string& run, const std::string& error, const std::string& cause);
  void pause_run(const std::string& run);
  std::optional<ActivityTask> take_activity_task(const std::string& activity,
                                                 const std::string& worker);
  void give_back(const std::string& token);
  void report(const std::string& token, const TokenReport& report);
  void update_map_run(const std::string& name, const store::MapRunLimits& limits);
  store::ExecutionRow wait(const std::string& run_id);
  void wait_idle();
  void drain(Millis patience);

 private:
  /// What has arrived and is not yet part of a commit.
  struct Inbox {
    std::deque<Command> commands;
    std::deque<WorkerNews> news;
    bool empty() const { return commands.empty() && news.empty(); }
  };
  /// How much of an inbox a turn has decided.
  struct Taken {
    std::size_t commands = 0;
    std::size_t news = 0;
  };
  using What = Active::What;
  using RowPromise = std::shared_ptr<std::promise<store::ExecutionRow>>;
  using IdlePromise = std::shared_ptr<std::promise<void>>;

  // core.cpp: the thread, the inbox and the turn
  void recover();
  void run();
  void run_turns(Inbox& pending);
  bool take(Inbox& pending);
  Millis patience() const;
  void turn(Inbox& pending);
  Taken commit(Inbox& pending);
  Taken try_commit(Inbox& pending);
  void write();
  void roll_back();
  bool pause(Millis duration);
  void settle(Inbox& pending, const Taken& taken);
  void post(Command command);
  void post(WorkerNews news);
  void fail_all(Inbox& pending, const std::exception_ptr& error);

  // decide.cpp: from what arrived to events
  Taken decide(Inbox& pending);
  void obey(Command& command);
  void stop_orphans();
  void stop_orphan(store::ExecutionId run);
  // Until when a turn decides what callers ask for, what workers have done, what runs have left to
  // do, and map runs: each gets its share, however much there is of the others.
  static constexpr Millis commands_share{15};
  static constexpr Millis news_share{30};
  static constexpr Millis more_share{40};
  static constexpr Millis map_runs_share{50};
  bool turn_is_full(Millis share) const;
  void hear(const WorkerNews& news);
  void take_in(const WorkerNews& news);
  void announce_begun();
  void fire_timers();
  void watch_heartbeat(const Timer& timer);
  void watch_outside(Active& active, const Timer& timer, Instant sign);
  void continue_those_with_more();
  void stimulate(Active& active, What what);
  void take_events(Active& active, std::vector<execution::Event> events);
  std::vector<execution::Event> decided(Active& active, What what);
  void touch(Active& active);
  void queue_more(Active& active);
  void record_outcome(Active& active);
  void report_progress();
  void write_progress(store::ExecutionId run, const std::vector<store::ProgressRow>& rows);
  store::Turn& transaction();

  // long_decisions.cpp: what takes longer than a turn may
  std::vector<execution::Event> put_off(Active& active, execution::Stimulus stimulus);
  std::vector<execution::Event> started(Active& active, const execution::Stimulus& stimulus);
  execution::Execution copy_of(const Active& active);
  void adopt(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision);
  void adopted(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision);
  void continue_run(Active& active);

  // isolation.cpp: what goes wrong in one run ends there
  template <class Work>
  void within(store::ExecutionId run, const Work& work);
  [[noreturn]] void doom(store::ExecutionId run, const std::string& why);
  void end_doomed();
  std::vector<execution::Event> broken_off(Active& active, const std::string& why);
  std::vector<execution::Event> break_off(Active& active, const std::string& why);
  void record(Active& active);
  void carry_out_again(store::ExecutionId run, const std::string& why);
  void set_aside(const store::ExecutionRow& row, const std::string& why);
  void leave_out(const store::ExecutionRow& row);
  std::string stop_aside(const store::ExecutionRow& row, const execution::Stop& reason);
  void stop_at_rest(store::ExecutionRow row, const execution::Stop& reason);
  void look_back(std::vector<store::ExecutionRow>& running);
  void commit_start();
  void forget(store::ExecutionId run, const std::exception_ptr& why);

  // dispatch.cpp: what follows from committed events
  void carry_out();
  void carry_out(Active& active);
  void dispatch(Active& active, const std::vector<execution::Event>& events);
  void carry_on(Active& active, const execution::OpenTask& task);
  void dispatch_task(Active& active, const execution::OpenTask& task);
  const store::ExecutionRow& run_of(const Active& active) const;
  void set_timers(Active& active);
  void add_timer(Instant due, const Timer& timer);
  void stop_closed_tasks(Active& active);
  void end(Active& active);

  // calls.cpp: what callers ask for
  template <class Result>
  std::future<Result> ask(std::function<Result()> act);
  Submitted do_submit(const Submission& submission);
  std::string do_redrive(const std::string& run, const Redrive& redrive);
  std::string do_stop(const std::string& run, const std::string& error, const std::string& cause);
  std::optional<store::StarterLink> starter_of(const Submission& submission);
  void check_resources(const asl::Workflow& workflow) const;
  execution::Execution refold(const store::ExecutionRow& row,
                              const std::shared_ptr<const asl::Workflow>& workflow,
                              const Redrive& redrive);
  void check_definition(const store::ExecutionRow& row, const std::string& text);

  // pausing.cpp: runs that nothing continues but their resume
  void do_pause(const std::string& run);
  std::optional<store::ExecutionRow> paused_elder(const store::ExecutionRow& row);
  std::string go_on(store::ExecutionRow row, const Redrive& redrive);
  void bring_along(store::ExecutionRow& row, const Redrive& redrive);
  bool wake(const store::ExecutionRow& row);

  // claiming.cpp: runs that keep names to themselves
  std::optional<workers::Holder> claim(store::ExecutionId run,
                                       const std::vector<std::string>& names);
  std::optional<workers::Holder> do_claim(store::ExecutionId run,
                                          const std::vector<std::string>& names);
  workers::Holder holder(store::ExecutionId other, const Claims::Names& wanted);
  void keep_claim(store::ExecutionId run, Claims::Names names,
                  std::optional<store::ExecutionId> waits_for);
  void wait_for_claim(Active& active, execution::Ticket ticket,
                      const std::vector<std::string>& names);
  void refuse_claim(Active& active, execution::Ticket ticket, const workers::Holder& other);
  void claim_again(const store::ExecutionRow& row);
  void grant_claims();
  void carry_on_granted();
  void carry_on_parked(Active& active);
  bool waits(const Active& active) const;
  bool related(store::ExecutionId a, store::ExecutionId b);

  // tokens.cpp: tasks that are done outside
  std::optional<ActivityTask> do_take(const std::string& activity, const std::string& worker);
  void do_give_back(const std::string& token);
  bool do_report(const std::string& token, const TokenReport& report, bool patient);
  void wait_outside(Active& active, const execution::OpenTask& task);
  void begin_outside(Active& active, const execution::Event& event);
  void watch_from(Active& active, const execution::OpenTask& task, Instant sign);

  // map_runs.cpp: maps whose iterations are executions of their own
  bool do_update_map_run(const std::string& name, const store::MapRunLimits& limits);
  void queue_map_run(store::ExecutionId parent, execution::Ticket ticket);
  void begin_map_run(Active& active, const execution::OpenTask& task);
  void continue_map_runs();
  void continue_map_run(Active& active, const execution::OpenTask& task);
  void complete_map_run(Active& active, const execution::OpenTask& task, MapRun& run);
  MapRun& map_run(Active& active, const execution::OpenTask& task);
  void open_feed(Active& active, const execution::OpenTask& task, MapRun& run);
  void count_children(Active& active, MapRun& run);
  void set_length(MapRun& run, std::int64_t items);
  void start_children(Active& active, const execution::OpenTask& task, MapRun& run);
  bool fill_batch(Active& active, MapRun& run);
  std::optional<json::Payload> next_input(Active& active, MapRun& run);
  void start_child(Active& active, MapRun& run);
  void redrive_child(MapRun& run);
  void fail_map_run(Active& active, MapRun& run, const asl::Failure& failure);
  void stop_children(store::ExecutionId parent, execution::EventId map_run);
  void find_orphans(const std::set<store::ExecutionId>& running);
  void child_ended(const store::ExecutionRow& row);
  std::function<void()> map_run_waker(store::ExecutionId parent, execution::Ticket ticket);

  // nested.cpp: tasks that wait for runs they started
  void queue_nested(store::ExecutionId execution, execution::Ticket ticket);
  void continue_nested();
  void finish_nested(Active& active, const execution::OpenTask& task);
  void note_nested(const store::ExecutionRow& row);
  void find_nested_orphans(const std::set<store::ExecutionId>& running);
  void nested_ended(const store::ExecutionRow& row);
  void collect_nested(store::ExecutionId starter, const execution::Execution* open);

  // runs.cpp: executions in memory
  Active* find(store::ExecutionId id);
  Active* take_up(const store::ExecutionRow& row);
  void revive(Active& active);
  Active& load(const store::ExecutionRow& row);
  Active& add(store::ExecutionRow row, execution::Execution execution);
  bool is_of_client(const store::NewExecution& made);
  bool is_of_client(store::ExecutionId id);
  std::shared_ptr<const access::Policy> access_of(const Active& active) const;
  execution::Execution blank(const store::ExecutionRow& row,
                             std::shared_ptr<const asl::Workflow> workflow) const;
  execution::Execution fold(const store::ExecutionRow& row,
                            std::shared_ptr<const asl::Workflow> workflow);
  std::shared_ptr<const asl::Workflow> workflow(const std::string& hash);
  void keep_workflow(const std::string& hash, std::shared_ptr<const asl::Workflow> workflow);

  store::Store& store_;
  const workers::Registry& registry_;
  Options options_;
  Observer* observer_;

  /// Map runs that may have something to do.
  std::deque<std::pair<store::ExecutionId, execution::Ticket>> waiting_map_runs_;
  /// Map runs that are over while children of theirs may be under way.
  std::vector<std::pair<store::ExecutionId, execution::EventId>> orphans_;
  /// Tasks whose nested run may have ended.
  std::deque<std::pair<store::ExecutionId, execution::Ticket>> waiting_nested_;
  /// Runs under way that a task waits for, by that task's execution.
  std::multimap<store::ExecutionId, std::pair<execution::EventId, store::ExecutionId>> nested_;
  /// Of those: whose task is closed.
  std::vector<store::ExecutionId> nested_orphans_;
  /// An open task of an activity that nobody works on.
  struct Untaken {
    store::ExecutionId execution;
    execution::Ticket ticket;
    bool given_back;  ///< its history says that a worker has begun it
  };
  /// By activity, oldest first.
  std::unordered_map<std::string, std::deque<Untaken>> activities_;

  std::mutex mutex_;  ///< guards inbox_, closing_, stopped_ and failure_
  std::condition_variable wake_;
  Inbox inbox_;
  bool closing_ = false;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> arrived_ =
      false;  ///< inbox_ is not empty; read without the mutex while spinning

  std::map<store::ExecutionId, std::unique_ptr<Active>> active_;
  std::unordered_map<std::string, std::shared_ptr<const asl::Workflow>> workflows_;
  // Sets, because a command may be run again after a store error.
  std::map<store::ExecutionId, std::set<RowPromise>> waiters_;
  std::set<IdlePromise> idle_waiters_;
  Timers timers_;
  std::unique_ptr<DecisionThreads> decisions_ = std::make_unique<DecisionThreads>();
  std::deque<store::ExecutionId> more_;  ///< runs that the bound of a turn stopped
  std::map<store::ExecutionId, Doomed> doomed_;
  Background background_;  ///< feeds and jobs of map runs that are over
  std::vector<std::shared_ptr<Delivery>> to_queue_;
  Claims claims_{[this](auto a, auto b) { return related(a, b); }};
  bool claims_stale_ = true;  ///< a turn failed, or none has been decided: to be loaded again
  bool granted_ = false;      ///< a run that waited does no longer; its tasks are to be carried on
  RunIds run_ids_;
  std::int64_t next_fence_ = 0;
  int in_flight_ = 0;  ///< deliveries that have not ended
  int announced_ = 0;  ///< of those: whose start is in the history
  Clock clock_;        ///< read at the start of a turn
  Instant now_{};      ///< of the turn, as it is recorded
  std::chrono::steady_clock::time_point turn_began_{};
  Instant looked_at_{};
  Instant progress_at_{};
  SecretSource secrets_;

  // The turn that is not committed yet.
  std::unique_ptr<store::Turn> transaction_;
  std::vector<Active*> touched_;
  std::vector<Timer> fired_;
  std::size_t decided_ = 0;        ///< events
  std::size_t decided_bytes_ = 0;  ///< of their payloads, as text
  std::uint64_t writes_ = 0;       ///< calls of transaction()

  std::unique_ptr<WorkerPool> pool_;
  std::thread thread_;
};

template <class Work>
void Engine::Core::within(store::ExecutionId run, const Work& work) {
  try {
    work();
  } catch (...) {
    doom(run, own_fault());
  }
}

}  // namespace orch::engine
