#include "orchestrator/engine/turn.h"

#include <algorithm>
#include <utility>

#include "orchestrator/base/error.h"

namespace orch::engine {
namespace {

// Events of one turn; what else has arrived waits for the next, which follows at once. Bounds the
// memory of a turn and the time until a result of it is durable.
constexpr std::size_t max_events = 20'000;
constexpr std::size_t max_bytes = std::size_t{256} << 20;  // likewise, of payloads

Instant wall_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

/// The latest time in the histories of the runs under way: what follows is not recorded before it.
Instant latest_recorded(store::Store& store) {
  Instant latest{};
  for (const auto& [run, at] : store.last_recorded()) latest = std::max(latest, at);
  return latest;
}

}  // namespace

Turn::Turn(store::Store& store)
    : store_(store), clock_(wall_now(), steady_now(), latest_recorded(store)) {
  now_ = clock_.recorded();
}

void Turn::begin() {
  clock_.read(wall_now(), steady_now());
  now_ = clock_.recorded();
  began_ = std::chrono::steady_clock::now();
}

void Turn::commit() {
  if (transaction_) transaction_->commit();
  transaction_.reset();
  events_ = bytes_ = 0;
}

void Turn::roll_back() {
  transaction_.reset();
  events_ = bytes_ = 0;
}

store::Turn& Turn::transaction() {
  ++writes_;
  if (!transaction_) transaction_ = store_.begin();
  return *transaction_;
}

bool Turn::is_full(Millis share) const {
  return events_ >= max_events || bytes_ >= max_bytes ||
         std::chrono::steady_clock::now() - began_ >= share;
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
