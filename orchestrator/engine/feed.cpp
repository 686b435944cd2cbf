#include "orchestrator/engine/feed.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orch::engine {
namespace {

// What a piece of news takes beside its texts.
constexpr std::size_t base_size = 512;

std::size_t size_of(const News& news) {
  const auto* committed = std::get_if<Committed>(&news.what);
  if (!committed) return base_size;
  const auto& row = committed->row;
  auto size = base_size + row.made.input.size() + row.output.value_or("").size();
  for (const auto& event : committed->events)
    size += base_size + (event.payload ? event.payload->text().size() : 0) +
            event.cause.value_or("").size();
  return size;
}

// Copies of a payload belong to one thread, and these go to another one.
Committed copy_of(const store::ExecutionRow& row, std::span<const execution::Event> events) {
  Committed copy{row, {events.begin(), events.end()}};
  for (auto& event : copy.events)
    if (event.payload) event.payload = json::Payload::of_text(event.payload->text());
  return copy;
}

}  // namespace

Subscription::~Subscription() {
  const std::scoped_lock lock(feed_.mutex_);
  std::erase(feed_.subscriptions_, this);
}

bool Subscription::wants(const std::string& run, bool end) const {
  return (!interest_.run || *interest_.run == run) && (!interest_.ends || end);
}

void Subscription::put(News news) {
  const auto bytes = size_of(news);
  kept_.emplace_back(std::move(news), bytes);
  bytes_ += bytes;
  while (kept_.size() > 1 && (kept_.size() > limits_.news || bytes_ > limits_.bytes)) {
    bytes_ -= kept_.front().second;
    kept_.pop_front();
    missed_ = true;
  }
  changed_.notify_one();
}

FeedBatch Subscription::read() {
  const std::scoped_lock lock(feed_.mutex_);
  FeedBatch batch;
  batch.missed = std::exchange(missed_, false);
  batch.news.reserve(kept_.size());
  for (auto& [news, bytes] : kept_) batch.news.push_back(std::move(news));
  kept_.clear();
  bytes_ = 0;
  return batch;
}

bool Subscription::wait(Millis longest) {
  std::unique_lock lock(feed_.mutex_);
  return changed_.wait_for(lock, longest, [this] { return !kept_.empty(); });
}

Pulse::~Pulse() {
  const std::scoped_lock lock(feed_.mutex_);
  std::erase(feed_.pulses_, this);
}

bool Pulse::wait(Millis longest) {
  std::unique_lock lock(feed_.mutex_);
  changed_.wait_for(lock, longest, [this] { return beaten_; });
  return std::exchange(beaten_, false);
}

void Pulse::wake() {
  const std::scoped_lock lock(feed_.mutex_);
  beaten_ = true;
  changed_.notify_one();
}

std::unique_ptr<Pulse> Feed::pulse() {
  std::unique_ptr<Pulse> made(new Pulse(*this));
  const std::scoped_lock lock(mutex_);
  pulses_.push_back(made.get());
  return made;
}

std::unique_ptr<Subscription> Feed::subscribe(Interest interest, FeedLimits limits) {
  std::unique_ptr<Subscription> made(new Subscription(*this, std::move(interest), limits));
  const std::scoped_lock lock(mutex_);
  subscriptions_.push_back(made.get());
  return made;
}

// `end`: it is the end of the run. `make` is called for each that wants it.
template <class Make>
void Feed::publish(const std::string& run, bool end, const Make& make) {
  const std::scoped_lock lock(mutex_);
  ++latest_;
  for (auto* each : pulses_) {
    // Who has not looked yet need not be woken again.
    if (!std::exchange(each->beaten_, true)) each->changed_.notify_one();
  }
  for (auto* each : subscriptions_)
    if (each->wants(run, end)) each->put({latest_, run, make()});
}

void Feed::on_events(const store::ExecutionRow& run, std::span<const execution::Event> events) {
  const bool end = run.status != execution::Status::running;
  publish(run.made.run_id, end, [&] { return copy_of(run, events); });
  if (end) watchers_.wake_all(RunName{run.made.run_id});
}

void Feed::on_progress(const std::string& run, execution::Ticket ticket,
                       const workers::Progress& progress) {
  publish(run, false, [&] { return TaskProgress{ticket, progress}; });
}

void Feed::on_activity_task(const std::string& activity) {
  watchers_.wake_one(ActivityName{activity});
}

}  // namespace orch::engine
