#include "orchestrator/engine/turn.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::engine {
namespace {

// Events of one turn; what else has arrived waits for the next, which follows at once. Bounds the
// memory of a turn and the time until a result of it is durable.
constexpr std::size_t max_events = 20'000;
constexpr std::size_t max_bytes = std::size_t{4} << 20;  // likewise, of payloads

// How often, and after what pause, a store that fails is asked what it holds.
constexpr int most_questions = 10;
constexpr Millis between_questions{200};

/// What the commits of turns cost.
struct CommitMetrics {
  telemetry::Histogram& took;
  telemetry::Counter& failed;
};

CommitMetrics& commit_metrics() {
  static CommitMetrics metrics{
      telemetry::registry()
          .histogram({"orch_store_commit_seconds", "Time that a commit to the run store takes."})
          .with({}),
      telemetry::registry()
          .counter({"orch_store_commit_failures_total",
                    "Commits to the run store that failed and were repeated."})
          .with({})};
  return metrics;
}

// One that fails counts as well: it has taken its time.
store::CommitResult commit_measured(store::Turn& transaction) {
  const auto began = std::chrono::steady_clock::now();
  auto result = transaction.try_commit();
  auto& metrics = commit_metrics();
  metrics.took.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (result.why) metrics.failed.add();
  return result;
}

/// The latest time in the histories of the runs under way: what follows is not recorded before it.
Instant latest_recorded(store::Store& store) {
  Instant latest{};
  for (const auto& [run, at] : store.last_recorded()) latest = std::max(latest, at);
  return latest;
}

}  // namespace

Turn::Turn(store::Store& store, const Wakeup& wakeup)
    : store_(store), wakeup_(wakeup), clock_(wall_now(), steady_now(), latest_recorded(store)) {
  now_ = clock_.recorded();
  commit_metrics();  // shown from the start
}

void Turn::begin() {
  clock_.read(wall_now(), steady_now());
  now_ = clock_.recorded();
  began_ = std::chrono::steady_clock::now();
}

void Turn::commit() {
  if (transaction_) {
    const auto result = commit_measured(*transaction_);
    transaction_.reset();
    const bool unknown = result.outcome == store::CommitOutcome::unknown;
    if (result.why && !(unknown && is_kept())) std::rethrow_exception(result.why);
  }
  brings_.reset();
  events_ = bytes_ = 0;
}

// A transaction is kept whole or not at all, so one run tells. What no run has events of may be
// done again.
bool Turn::is_kept() {
  for (int tries = 1; brings_; ++tries) {
    try {
      return store_.holds(brings_->first, brings_->second);
    } catch (const Error& error) {
      log::warn({{"code", error.code()}}, "is the last commit kept? {}", error.what());
      if (tries == most_questions)
        throw Error("ORCH-0219", fmt::format("nothing tells whether the last commit was kept: {}",
                                             error.what()));
      std::this_thread::sleep_for(between_questions);
    }
  }
  return false;
}

void Turn::roll_back() {
  transaction_.reset();
  brings_.reset();
  events_ = bytes_ = 0;
}

store::Turn& Turn::transaction() {
  ++writes_;
  if (!transaction_) transaction_ = store_.begin();
  return *transaction_;
}

bool Turn::is_full(Millis share) const {
  return events_ >= max_events || bytes_ >= max_bytes ||
         std::chrono::floor<Millis>(std::chrono::steady_clock::now() - began_) >= share;
}

void Turn::count(const std::vector<execution::Event>& events) {
  events_ += events.size();
  for (const auto& event : events)
    if (event.payload) bytes_ += event.payload->text().size();
}

execution::Stimulus Turn::stimulus(Active::What what) {
  return {now_, secrets_.next_bits(), std::move(what), secrets_.next()};
}

execution::Moment Turn::moment() { return {now_, secrets_.next_bits()}; }

}  // namespace orch::engine
