#include "orchestrator/monitor/monitor.h"

#include <limits>
#include <utility>

#include "orchestrator/base/log.h"
#include "orchestrator/store/open.h"
#include "orchestrator/telemetry/trace_context.h"

namespace orch::monitor {
namespace {

using execution::Event;

constexpr Millis look_interval{200};  // how soon the end is noticed
constexpr engine::FeedLimits kept{65'536, std::size_t{64} << 20};

}  // namespace

Monitor::Monitor(engine::Feed& feed, const std::string& store, std::vector<Listener*> listeners)
    : store_url_(store),
      listeners_(std::move(listeners)),
      news_(feed.subscribe({}, kept)),
      reader_(store::open_as_reader(store)),
      redactors_(*reader_) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Monitor::~Monitor() = default;

void Monitor::run(const std::stop_token& stop) {
  reload();
  while (!stop.stop_requested()) {
    if (news_->wait(look_interval)) take(news_->read());
  }
  take(news_->read());
}

// A store that cannot be read now is read with the next event of each run.
void Monitor::reload() {
  try {
    store::ListFilter running;
    running.status = execution::Status::running;
    running.limit = -1;
    running.children = true;
    const auto rows = reader_->list(running);
    {
      const std::scoped_lock lock(mutex_);
      runs_.clear();
    }
    for (const auto& row : rows)
      if (row.damage.empty()) load(row, std::numeric_limits<execution::EventId>::max());
  } catch (const std::exception& error) {
    log::warn("runs under way are not in the metrics yet: {}", error.what());
  }
}

// A trace has the run that was asked for and all that it has begun.
void Monitor::find_trace(const store::ExecutionRow& row, WatchedRun& run) {
  const auto begun_by = [](const store::NewExecution& made) {
    using Found = std::optional<std::pair<store::ExecutionId, execution::EventId>>;
    if (made.parent) return Found({made.parent->execution, made.parent->map_run});
    if (made.starter) return Found({made.starter->execution, made.starter->ticket});
    return Found();
  };
  auto next = begun_by(row.made);
  while (next) {
    const auto other = reader_->find_unchecked(next->first).made;
    if (!run.begun_by) run.begun_by = {other.run_id, next->second};
    run.trace = other.run_id;
    const auto known = runs_.find(other.run_id);
    if (known != runs_.end()) {
      run.trace = known->second.trace;
      return;
    }
    next = begun_by(other);
  }
}

WatchedRun& Monitor::load(const store::ExecutionRow& row, execution::EventId before) {
  WatchedRun run(row);
  try {
    if (telemetry::is_tracing()) find_trace(row, run);
    const auto take = [&](const Event& event) {
      if (event.id >= before) return;
      run.open(event);
      run.close(event);
    };
    if (before > 1) reader_->history(row.id, 0, take);
  } catch (const std::exception& error) {
    log::debug("a history is not read for metrics: {}", error.what());
  }
  const std::scoped_lock lock(mutex_);
  return runs_.insert_or_assign(row.made.run_id, std::move(run)).first->second;
}

void Monitor::take(engine::FeedBatch batch) {
  if (batch.missed) {
    tell([](Listener& listener) { listener.missed(); });
    reload();
  }
  for (auto& news : batch.news) {
    if (auto* committed = std::get_if<engine::Committed>(&news.what))
      take(hidden(std::move(*committed)));
    else
      take(news.run, std::get<engine::TaskProgress>(news.what));
  }
}

engine::Committed Monitor::hidden(engine::Committed committed) {
  const auto* redactor = redactors_.of(committed.row);
  if (!redactor) return committed;
  for (auto& event : committed.events) event = redactor->hide(std::move(event));
  committed.row = redactor->hide(std::move(committed.row));
  return committed;
}

void Monitor::take(const engine::Committed& committed) {
  const auto& row = committed.row;
  const auto& events = committed.events;
  auto found = runs_.find(row.made.run_id);
  const bool over = row.status != execution::Status::running;
  if (found == runs_.end() && events.empty() && over) return;
  const bool gap = !events.empty() && events.front().id > 1 &&
                   (found == runs_.end() || found->second.last + 1 < events.front().id);
  auto& run = gap || found == runs_.end() ? load(row, events.empty() ? 1 : events.front().id)
                                          : found->second;
  for (const auto& event : events) {
    if (event.id <= run.last) continue;  // known from the store
    {
      const std::scoped_lock lock(mutex_);
      run.update(row);
      run.open(event);
    }
    const Happening happening{run, row, event, run.state_of(event)};
    tell([&](Listener& listener) { listener.happened(happening); });
    const std::scoped_lock lock(mutex_);
    run.close(event);
  }
  const std::scoped_lock lock(mutex_);
  run.update(row);
  if (over) runs_.erase(row.made.run_id);
}

void Monitor::take(const std::string& id, const engine::TaskProgress& report) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) return;
  const auto& now = report.progress;
  auto& [rows, bytes] = found->second.reported[report.ticket][{now.key, now.phase}];
  const auto more_rows = now.rows - std::exchange(rows, now.rows);
  const auto more_bytes = now.bytes - std::exchange(bytes, now.bytes);
  if (more_rows <= 0 && more_bytes <= 0) return;
  tell([&](Listener& listener) {
    listener.moved(found->second, now.phase, std::max<std::int64_t>(more_rows, 0),
                   std::max<std::int64_t>(more_bytes, 0));
  });
}

template <class Tell>
void Monitor::tell(const Tell& tell) {
  for (auto* each : listeners_) {
    try {
      tell(*each);
    } catch (const std::exception& error) {
      log::debug("an event is not told: {}", error.what());
    }
  }
}

OpenWork Monitor::open_work() const {
  OpenWork work;
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, run] : runs_) {
    if (!run.child) ++(run.paused ? work.paused : run.waits ? work.waiting : work.running);
    for (const auto& [thread, state] : run.states) {
      if (!state.task) continue;
      ++(state.task->started ? work.begun_tasks : work.queued_tasks);
      if (!work.oldest_task || state.task->scheduled < *work.oldest_task)
        work.oldest_task = state.task->scheduled;
    }
  }
  return work;
}

}  // namespace orch::monitor
