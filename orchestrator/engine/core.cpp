#include "orchestrator/engine/core.h"

#include <algorithm>
#include <malloc.h>
#include <pthread.h>
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/family.h"

namespace orch::engine {
namespace {

// How long a task's start waits for company: most no-op tasks end sooner, and their start and end
// then share one commit.
constexpr Millis begun_delay{20};
constexpr Millis progress_interval{1'000};
// Waking a thread costs about half a commit. A result that comes within this time is taken without.
constexpr std::chrono::microseconds spin_time{100};

Instant clock_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

/// The latest time in the histories of the runs under way: what follows is not recorded before it.
Instant latest_recorded(store::Store& store) {
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  Instant latest{};
  for (const auto& row : store.list(running)) {
    try {
      latest = std::max(latest, store.last_event_at(row.id));
    } catch (const Error&) {
      // A history that cannot be read is told of when its run is taken up.
    }
  }
  return latest;
}

int default_workers() {
  return std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
}

// A turn allocates and frees some megabytes. By default glibc hands them back to the kernel each
// time, and faulting them in again is a tenth of a turn. These are the values that it takes by
// itself once a process has freed one block of 8 MiB.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
#endif
}

}  // namespace

Engine::Core::Core(store::Store& store, const workers::Registry& registry, Options options,
                   Observer* observer)
    : store_(store),
      registry_(registry),
      options_(options),
      observer_(observer),
      next_fence_(store.first_fence()),
      clock_(clock_now(), steady_now(), latest_recorded(store)) {
  keep_freed_memory();
  now_ = clock_.recorded();
  claims_.load(store_.claims());
  recover();
  pool_ = std::make_unique<WorkerPool>(registry_,
                                       options_.workers > 0 ? options_.workers : default_workers(),
                                       [this](WorkerNews news) { post(std::move(news)); });
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "orch-engine");
}

Engine::Core::~Core() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  thread_.join();
  for (auto& [id, active] : active_) {
    for (auto& [ticket, delivery] : active->deliveries) delivery->request_stop();
  }
  active_.clear();
  decisions_.reset();
  background_.wait();
  pool_.reset();
}

// Runs that were under way go on: their open tasks are delivered again, their timers set. A paused
// run rests, and with it the runs that are parts of it.
void Engine::Core::recover() {
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  running.children = true;
  auto rows = store_.list(running);
  std::reverse(rows.begin(), rows.end());
  look_back(rows);
  std::set<store::ExecutionId> known;  // with those that cannot be continued: they may be mended
  std::set<store::ExecutionId> resting;
  for (const auto& row : rows) {
    known.insert(row.id);
    const auto elder = elder_of(row);
    if (row.paused_at || (elder && resting.contains(*elder))) {
      resting.insert(row.id);
      continue;
    }
    try {
      const auto& active = load(row);
      log::info("run={} msg=\"continues after event {}\"", row.made.run_id,
                active.execution.last_event());
    } catch (...) {
      resting.insert(row.id);
      leave_out(row);
    }
  }
  commit_start();
  find_orphans(known);
  find_nested_orphans(known);
}

void Engine::Core::run() {
  Inbox pending;
  auto reason = std::make_exception_ptr(Error("ORCH-0212", "the engine has stopped"));
  try {
    run_turns(pending);
  } catch (const std::exception& error) {
    // Crash-only: the way back is the one of a restart, which tests go again and again.
    log::error("msg=\"the engine gives up: {}\"", error.what());
    reason = std::current_exception();
    const std::scoped_lock lock(mutex_);
    failure_ = reason;
  }
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    std::move(inbox_.commands.begin(), inbox_.commands.end(), std::back_inserter(pending.commands));
    inbox_ = {};
  }
  fail_all(pending, reason);
}

void Engine::Core::run_turns(Inbox& pending) {
  carry_out();  // what recover() found
  while (take(pending)) turn(pending);
}

// Moves what has arrived into `pending`; waits until there is something to do. False: closing, and
// everything that arrived before is decided.
bool Engine::Core::take(Inbox& pending) {
  const bool idle = pending.empty() && more_.empty() && waiting_map_runs_.empty() &&
                    orphans_.empty() && waiting_nested_.empty() && nested_orphans_.empty() &&
                    !claims_.changed() && !claims_stale_;
  if (idle && in_flight_ > 0) {
    const auto until = std::chrono::steady_clock::now() + spin_time;
    while (!arrived_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until) {
    }
  }
  std::unique_lock lock(mutex_);
  const auto something = [this] { return closing_ || !inbox_.empty(); };
  if (idle && !something()) wake_.wait_for(lock, patience(), something);
  arrived_.store(false, std::memory_order_relaxed);
  std::move(inbox_.commands.begin(), inbox_.commands.end(), std::back_inserter(pending.commands));
  std::move(inbox_.news.begin(), inbox_.news.end(), std::back_inserter(pending.news));
  inbox_.commands.clear();
  inbox_.news.clear();
  return !closing_ || !pending.empty();
}

// How long nothing has to happen when nothing arrives.
Millis Engine::Core::patience() const {
  auto wait = Millis{60'000};
  if (in_flight_ > 0) wait = in_flight_ > announced_ ? begun_delay : progress_interval;
  if (const auto due = timers_.next()) wait = std::min(wait, *due - steady_now());
  return std::max(wait, Millis{0});
}

// One pass: drain, decide, commit, dispatch.
void Engine::Core::turn(Inbox& pending) {
  const auto taken = commit(pending);
  fault::point("engine.after_commit");
  settle(pending, taken);
  carry_out();
  background_.tidy();
}

// After a store error nothing has happened; the same is decided again until the store has
// recovered or patience ends. So it is after an error that no run or command can be blamed for.
Engine::Core::Taken Engine::Core::commit(Inbox& pending) {
  const auto give_up = std::chrono::steady_clock::now() + options_.store_give_up;
  auto delay = Millis{50};
  while (true) {
    try {
      return try_commit(pending);
    } catch (const SpoiledTurn&) {
      roll_back();
      continue;
    } catch (const std::exception& error) {
      roll_back();
      const auto* known = dynamic_cast<const Error*>(&error);
      const bool lasts = known && !may_pass(*known) && known->code() != "ORCH-0218";
      if (lasts || std::chrono::steady_clock::now() > give_up) throw;
      log::warn("msg=\"{}; trying again in {} ms\" code={}", error.what(), delay.count(),
                known ? known->code() : "");
      if (!pause(delay)) throw;
    }
    delay = std::min(delay * 2, Millis{2'000});
  }
}

Engine::Core::Taken Engine::Core::try_commit(Inbox& pending) {
  clock_.read(clock_now(), steady_now());
  now_ = clock_.recorded();
  turn_began_ = std::chrono::steady_clock::now();
  const auto taken = decide(pending);
  write();
  if (now_ >= progress_at_ + progress_interval && in_flight_ > 0) report_progress();
  if (transaction_) {
    fault::point("engine.before_commit");
    transaction_->commit();
    transaction_.reset();
  }
  fired_.clear();
  doomed_.clear();
  decided_ = decided_bytes_ = 0;
  return taken;
}

// One row of history for each run that has events, however many results led to them.
void Engine::Core::write() {
  for (auto* active : touched_) {
    if (!active->events.empty()) record(*active);
  }
}

// Memory is a cache: what the failed turn touched is folded again from the store.
void Engine::Core::roll_back() {
  transaction_.reset();
  decided_ = decided_bytes_ = 0;
  claims_stale_ = true;
  granted_ = false;
  for (const auto& timer : std::exchange(fired_, {})) timers_.add(timer);
  for (auto* active : std::exchange(touched_, {})) {
    if (active->created) {
      if (active->row.made.starter) nested_ended(active->row);
      active_.erase(active->row.id);
      continue;
    }
    active->touched = false;
    active->stale = true;
    active->deferred_taken = 0;
    if (active->decision && !active->decision->kept) active->drop_decision();
    active->events.clear();
    for (const auto& [id, run] : std::exchange(active->map_runs, {}))
      queue_map_run(active->row.id, run.ticket);
    for (auto& [ticket, delivery] : active->deliveries)
      announced_ -= std::exchange(delivery->announced, false) ? 1 : 0;
    queue_more(*active);  // whatever else arrives, it is folded in the next turn
  }
}

// False: the engine is to close.
bool Engine::Core::pause(Millis duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return closing_; });
}

// What was decided is committed: orphans are stopped, callers get their answers, deliveries have
// ended.
void Engine::Core::settle(Inbox& pending, const Taken& taken) {
  orphans_.clear();
  nested_orphans_.clear();
  claims_.settled();
  for (std::size_t i = 0; i < taken.commands; ++i) {
    const auto& command = pending.commands.front();
    if (command.refused)
      command.fail(command.refused);
    else
      command.answer();
    pending.commands.pop_front();
  }
  for (std::size_t i = 0; i < taken.news; ++i) {
    const auto& delivery = pending.news.front().delivery;
    const auto active = active_.find(delivery->execution);
    if (active != active_.end())
      active->second->deliveries.erase(static_cast<execution::EventId>(delivery->ticket));
    --in_flight_;
    announced_ -= delivery->announced ? 1 : 0;
    pending.news.pop_front();
  }
}

void Engine::Core::post(Command command) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopped_) {
      if (failure_) std::rethrow_exception(failure_);
      throw Error("ORCH-0212", "the engine has stopped");
    }
    inbox_.commands.push_back(std::move(command));
    arrived_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_one();
}

void Engine::Core::post(WorkerNews news) {
  {
    const std::scoped_lock lock(mutex_);
    inbox_.news.push_back(std::move(news));
    arrived_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_one();
}

void Engine::Core::fail_all(Inbox& pending, const std::exception_ptr& error) {
  for (auto& command : pending.commands) command.fail(error);
  for (auto& [run, promises] : waiters_) {
    for (auto& promise : promises) promise->set_exception(error);
  }
  for (auto& promise : idle_waiters_) promise->set_exception(error);
}

}  // namespace orch::engine
