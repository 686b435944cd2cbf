#include "orchestrator/engine/core.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"

namespace orch::engine {
namespace {

// Results decided in one turn. Bounds the memory of a turn; the next one follows at once.
constexpr std::size_t max_news = 2'000;
// How long a task's start waits for company: most no-op tasks end sooner, and their start and end
// then share one commit.
constexpr Millis begun_delay{20};
constexpr Millis progress_interval{1'000};
// Waking a thread costs about half a commit. A result that comes within this time is taken without.
constexpr std::chrono::microseconds spin_time{40};

Instant clock_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

int default_workers() {
  return std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
}

// Trouble that may pass: the disk fills and is freed, another program holds a lock.
bool store_trouble(const Error& error) {
  return error.code() == "ORCH-0209" || error.code() == "ORCH-0210" || error.code() == "ORCH-0211";
}

}  // namespace

Engine::Core::Core(store::Store& store, const workers::Registry& registry, Options options,
                   Observer* observer)
    : store_(store),
      registry_(registry),
      options_(options),
      observer_(observer),
      next_fence_((store.epoch() << 32) + 1),
      seed_(std::random_device{}()) {
  now_ = clock_now();
  recover();
  pool_ = std::make_unique<WorkerPool>(registry_,
                                       options_.workers > 0 ? options_.workers : default_workers(),
                                       [this](WorkerNews news) { post(std::move(news)); });
  thread_ = std::thread([this] { run(); });
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
  pool_.reset();
}

// Runs that were under way go on: their open tasks are delivered again, their timers set.
void Engine::Core::recover() {
  store::ListFilter running;
  running.status = machine::Status::running;
  running.limit = -1;
  auto rows = store_.list(running);
  std::reverse(rows.begin(), rows.end());
  for (const auto& row : rows) {
    try {
      auto& active = load(row);
      log::info("run={} msg=\"continues after event {}\"", row.made.run_id,
                active.execution.last_event());
    } catch (const Error& error) {
      log::error("run={} msg=\"cannot be continued: {}\" code={}", row.made.run_id, error.what(),
                 error.code());
    }
  }
}

void Engine::Core::run() {
  Inbox pending;
  if (!to_queue_.empty()) pool_->queue(std::exchange(to_queue_, {}));
  bool alive = true;
  while (alive && take(pending)) alive = turn(pending);
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    std::move(inbox_.commands.begin(), inbox_.commands.end(), std::back_inserter(pending.commands));
    inbox_ = {};
  }
  auto error = failure_;
  if (!error) error = std::make_exception_ptr(Error("ORCH-0212", "the engine has stopped"));
  fail_all(pending, error);
}

// Moves what has arrived into `pending`; waits until there is something to do. False: closing, and
// everything that arrived before is decided.
bool Engine::Core::take(Inbox& pending) {
  if (in_flight_ > 0 && pending.news.empty()) {
    const auto until = std::chrono::steady_clock::now() + spin_time;
    while (!has_results_.load(std::memory_order_acquire) &&
           std::chrono::steady_clock::now() < until) {
    }
  }
  std::unique_lock lock(mutex_);
  const auto something = [&] {
    return closing_ || has_results_.load(std::memory_order_relaxed) || !inbox_.commands.empty();
  };
  if (pending.news.empty() && pending.commands.empty() && more_.empty() && !something()) {
    auto wait = Millis{60'000};
    if (in_flight_ > 0) wait = begun_delay;
    if (const auto due = timers_.next()) wait = std::min(wait, *due - clock_now());
    if (wait > Millis{0}) wake_.wait_for(lock, wait, something);
  }
  const bool last = closing_ && inbox_.commands.empty() && inbox_.news.empty();
  has_results_.store(false, std::memory_order_relaxed);
  std::move(inbox_.commands.begin(), inbox_.commands.end(), std::back_inserter(pending.commands));
  std::move(inbox_.news.begin(), inbox_.news.end(), std::back_inserter(pending.news));
  inbox_.commands.clear();
  inbox_.news.clear();
  return !last || !pending.news.empty();
}

// One pass: drain, decide, commit, dispatch. After a store error nothing has happened; the same
// news are decided again until the store has recovered or patience ends.
bool Engine::Core::turn(Inbox& pending) {
  const auto give_up = std::chrono::steady_clock::now() + options_.store_give_up;
  auto pause = Millis{50};
  while (true) {
    try {
      const auto heard = try_turn(pending);
      pending.commands.clear();
      pending.news.erase(pending.news.begin(),
                         pending.news.begin() + static_cast<std::ptrdiff_t>(heard));
      return true;
    } catch (const Error& error) {
      roll_back();
      if (!store_trouble(error) || std::chrono::steady_clock::now() > give_up) {
        log::error("msg=\"the engine gives up: {}\" code={}", error.what(), error.code());
        const std::scoped_lock lock(mutex_);
        failure_ = std::current_exception();
        return false;
      }
      log::warn("msg=\"{}; trying again in {} ms\" code={}", error.what(), pause.count(),
                error.code());
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, Millis{2'000});
  }
}

std::size_t Engine::Core::try_turn(Inbox& pending) {
  now_ = std::max(now_, clock_now());  // recorded time never goes back
  act(pending.commands);
  const auto heard = std::min(max_news, pending.news.size());
  for (std::size_t i = 0; i < heard; ++i) hear(pending.news[i]);
  fire_timers();
  continue_those_with_more();
  report_progress();
  if (transaction_) {
    fault::point("engine.before_commit");
    transaction_->commit();
    transaction_.reset();
    fault::point("engine.after_commit");
  }
  created_.clear();
  for (auto& command : pending.commands) command.answer();
  for (std::size_t i = 0; i < heard; ++i) {
    if (!std::holds_alternative<WorkerNews::Begun>(pending.news[i].what)) --in_flight_;
  }
  carry_out();
  return heard;
}

void Engine::Core::act(std::vector<Command>& commands) {
  for (auto& command : commands) command.act();
}

void Engine::Core::hear(const WorkerNews& news) {
  const auto& delivery = *news.delivery;
  auto* active = find(delivery.execution);
  if (!active) return;  // the run has ended without it
  const auto ticket = delivery.ticket;
  if (std::holds_alternative<WorkerNews::Begun>(news.what))
    return stimulate(*active, machine::TaskBegun{ticket});
  fault::point("engine.result_received");
  active->deliveries.erase(static_cast<machine::EventId>(ticket));
  if (const auto* done = std::get_if<WorkerNews::Done>(&news.what))
    return stimulate(*active, machine::TaskDone{ticket, json::Payload::of_text(done->output)});
  if (const auto* failure = std::get_if<asl::Failure>(&news.what))
    return stimulate(*active, machine::TaskBroken{ticket, *failure});
}

void Engine::Core::fire_timers() {
  while (const auto timer = timers_.take(now_)) {
    if (timer->kind == Timer::Kind::heartbeat) {
      watch_heartbeat(*timer);
    } else if (auto* active = find(timer->execution)) {
      stimulate(*active, machine::TimerDue{timer->id});
    }
  }
}

// After everybody's news, so that a run with much to do does not delay the others.
void Engine::Core::continue_those_with_more() {
  for (auto count = more_.size(); count > 0; --count) {
    const auto id = more_.front();
    more_.pop_front();
    if (auto* active = find(id)) stimulate(*active, machine::Continue{});
  }
}

void Engine::Core::stimulate(Active& active, What what) {
  const auto id = active.row.id;
  auto events = active.execution.decide({now_, ++seed_ * 0x9e3779b97f4a7c15, std::move(what)});
  if (active.execution.has_more() && std::find(more_.begin(), more_.end(), id) == more_.end())
    more_.push_back(id);
  if (events.empty()) return;
  transaction().append(id, events);
  record_outcome(active, events);
  effects_.push_back({id, std::move(events)});
}

void Engine::Core::record_outcome(Active& active, const std::vector<machine::Event>& events) {
  const bool changed = std::any_of(events.begin(), events.end(), [](const machine::Event& event) {
    return is_execution_end(event.type) || event.type == machine::EventType::execution_redriven;
  });
  if (!changed) return;
  const auto& execution = active.execution;
  auto& row = active.row;
  row.status = execution.status();
  row.redrive_count = execution.redrive_count();
  row.error = execution.error();
  row.cause = execution.cause();
  row.output.reset();
  row.ended_at.reset();
  if (row.status != machine::Status::running) row.ended_at = now_;
  if (row.status == machine::Status::succeeded) row.output = execution.output().text();
  transaction().set_outcome(row);
}

store::Turn& Engine::Core::transaction() {
  if (!transaction_) transaction_ = store_.begin();
  return *transaction_;
}

// Memory is a cache: what the failed turn touched is folded again from the store.
void Engine::Core::roll_back() {
  transaction_.reset();
  for (const auto& effect : effects_) {
    if (auto* active = find(effect.id)) active->stale = true;
  }
  effects_.clear();
  for (const auto id : created_) active_.erase(id);
  created_.clear();
  more_.clear();
  for (auto& [id, active] : active_) more_.push_back(id);
}

void Engine::Core::report_progress() {
  if (now_ < progress_at_ + progress_interval || in_flight_ == 0) return;
  progress_at_ = now_;
  for (auto& [id, active] : active_) {
    std::vector<store::ProgressRow> rows;
    bool fresh = false;
    for (auto& [ticket, delivery] : active->deliveries) {
      const auto latest = delivery->latest_progress(fresh);
      if (!latest) continue;
      rows.push_back({machine::Ticket{ticket}, latest->key, latest->phase, latest->rows,
                      latest->bytes, latest->expected_rows, now_});
    }
    if (fresh) transaction().set_progress(id, rows);
  }
}

void Engine::Core::fail_all(Inbox& pending, const std::exception_ptr& error) {
  for (auto& command : pending.commands) command.fail(error);
  for (auto& [run, promises] : waiters_) {
    for (auto& promise : promises) promise->set_exception(error);
  }
  for (auto& promise : idle_waiters_) promise->set_exception(error);
}

void Engine::Core::post(Command command) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopped_) {
      if (failure_) std::rethrow_exception(failure_);
      throw Error("ORCH-0212", "the engine has stopped");
    }
    inbox_.commands.push_back(std::move(command));
  }
  wake_.notify_one();
}

void Engine::Core::post(WorkerNews news) {
  const bool result = !std::holds_alternative<WorkerNews::Begun>(news.what);
  {
    const std::scoped_lock lock(mutex_);
    inbox_.news.push_back(std::move(news));
    if (result) has_results_.store(true, std::memory_order_release);
  }
  if (result) wake_.notify_one();
}

template <class Result>
std::future<Result> Engine::Core::ask(std::function<Result()> work) {
  struct State {
    std::promise<Result> promise;
    std::optional<Result> result;
    std::exception_ptr refused;
  };
  auto state = std::make_shared<State>();
  Command command;
  command.act = [state, work = std::move(work)] {
    try {
      state->refused = nullptr;
      state->result = work();
    } catch (const Error& error) {
      if (store_trouble(error)) throw;
      state->refused = std::current_exception();
    }
  };
  command.answer = [state] {
    if (state->refused) return state->promise.set_exception(state->refused);
    state->promise.set_value(std::move(*state->result));
  };
  command.fail = [state](std::exception_ptr error) { state->promise.set_exception(error); };
  auto future = state->promise.get_future();
  post(std::move(command));
  return future;
}

template <class Result>
Result Engine::Core::call(std::function<Result()> work) {
  return ask<Result>(std::move(work)).get();
}

std::future<Submitted> Engine::Core::start(Submission submission) {
  return ask<Submitted>(
      [this, submission = std::move(submission)] { return do_submit(submission); });
}

Submitted Engine::Core::submit(const Submission& submission) {
  return call<Submitted>([&] { return do_submit(submission); });
}

std::string Engine::Core::redrive(const std::string& run, const Redrive& redrive) {
  return call<std::string>([&] { return do_redrive(run, redrive); });
}

std::string Engine::Core::stop(const std::string& run, const std::string& error,
                               const std::string& cause) {
  return call<std::string>([&] { return do_stop(run, error, cause); });
}

store::ExecutionRow Engine::Core::wait(const std::string& run_id) {
  auto promise = std::make_shared<std::promise<store::ExecutionRow>>();
  auto future = promise->get_future();
  call<bool>([&] {
    const auto row = store_.find(run_id);
    if (row.status == machine::Status::running)
      waiters_[row.made.run_id].push_back(promise);
    else
      promise->set_value(row);
    return true;
  });
  return future.get();
}

void Engine::Core::wait_idle() {
  auto promise = std::make_shared<std::promise<void>>();
  auto future = promise->get_future();
  call<bool>([&] {
    if (active_.empty())
      promise->set_value();
    else
      idle_waiters_.push_back(promise);
    return true;
  });
  future.get();
}

void Engine::Core::drain(Millis patience) {
  pool_->close();
  if (!pool_->wait_quiet(patience)) {
    call<bool>([&] {
      for (auto& [id, active] : active_) {
        for (auto& [ticket, delivery] : active->deliveries) delivery->request_stop();
      }
      return true;
    });
    pool_->wait_quiet(patience);
  }
  call<bool>([] { return true; });  // everything posted before is committed with this
}

}  // namespace orch::engine
