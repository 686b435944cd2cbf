#include "orchestrator/engine/pool.h"

#include <algorithm>
#include <pthread.h>
#include <utility>

#include "orchestrator/engine/clock.h"
#include "workers/perform.h"

namespace orch::engine {
namespace {

constexpr std::chrono::microseconds linger_time{200};

/// Threads beside those that one run may have.
int room_of(int threads) { return std::max(1, threads / 4); }

}  // namespace

void Delivery::report(const workers::Progress& progress) {
  heartbeat();
  {
    const std::scoped_lock lock(mutex_);
    progress_ = progress;
    fresh_ = true;
  }
  if (on_progress) on_progress(*this, progress);
}

void Delivery::heartbeat() {
  last_sign_.store(steady_now().time_since_epoch().count(), std::memory_order_relaxed);
}

std::optional<workers::Holder> Delivery::claim(const std::vector<std::string>& names) {
  return on_claim ? on_claim(names) : std::nullopt;
}

workers::Admitted Delivery::admit(const workers::Needs& needs) {
  {
    const std::scoped_lock lock(mutex_);
    needs_.insert(needs_.end(), needs.begin(), needs.end());
  }
  const bool limited = is_limited || std::ranges::any_of(needs, &workers::Need::limited);
  if (!on_admit || !(limited || engaged->load(std::memory_order_relaxed))) return {};
  return on_admit(*this);
}

void Delivery::answered(const std::vector<std::string>& connections) {
  if (on_answered) on_answered(connections);
}

workers::Needs Delivery::needs() const {
  const std::scoped_lock lock(mutex_);
  return needs_;
}

std::optional<workers::Progress> Delivery::latest_progress(bool& fresh) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(fresh_, false)) fresh = true;
  return progress_;
}

WorkerPool::WorkerPool(const workers::Registry& registry, int threads, Sink sink)
    : registry_(registry),
      sink_(std::move(sink)),
      queue_(threads),
      at_work_(static_cast<std::size_t>(threads + room_of(threads))) {
  for (auto& mine : at_work_) {
    threads_.emplace_back([this, &mine] { run(mine); });
    pthread_setname_np(threads_.back().native_handle(), "orch-worker");
  }
}

WorkerPool::~WorkerPool() {
  close();
  for (auto& thread : threads_) thread.join();
}

void WorkerPool::queue(std::vector<std::shared_ptr<Delivery>> deliveries) {
  bool taken = false;  // by the thread that lingers
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    taken = lingering_ && deliveries.size() == 1 && !queue_.ready();
    one_at_a_time_ = deliveries.size() == 1;
    for (auto& delivery : deliveries) queue_.add(std::move(delivery));
    news_.store(true, std::memory_order_relaxed);
  }
  if (taken) return;
  if (deliveries.size() == 1)
    wake_.notify_one();
  else
    wake_.notify_all();
}

void WorkerPool::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    queue_.clear();
    news_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_all();
}

bool WorkerPool::wait_quiet(Millis patience) {
  std::unique_lock lock(mutex_);
  return quiet_.wait_for(lock, patience, [this] { return busy_ == 0; });
}

std::vector<std::shared_ptr<Delivery>> WorkerPool::at_work() {
  std::vector<std::shared_ptr<Delivery>> found;
  const std::scoped_lock lock(mutex_);
  for (const auto& delivery : at_work_) {
    if (delivery) found.push_back(delivery);
  }
  return found;
}

void WorkerPool::run(std::shared_ptr<Delivery>& mine) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!closed_ && !queue_.ready() && !lingering_ && one_at_a_time_) linger(lock);
    wake_.wait(lock, [this] { return closed_ || queue_.ready(); });
    if (!queue_.ready()) return;
    mine = queue_.take();
    ++busy_;
    lock.unlock();
    mine->heartbeat();
    sink_(perform(mine));
    lock.lock();
    queue_.done(*mine);
    mine.reset();  // what this makes ready, this thread takes next: no other has to wake
    if (--busy_ == 0) quiet_.notify_all();
  }
}

// In a chain of short tasks the next one comes after a commit, sooner than a sleeping thread would
// be awake. One thread waits for it with open eyes.
void WorkerPool::linger(std::unique_lock<std::mutex>& lock) {
  lingering_ = true;
  news_.store(false, std::memory_order_relaxed);
  lock.unlock();
  const auto until = std::chrono::steady_clock::now() + linger_time;
  while (!news_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until) {
  }
  lock.lock();
  lingering_ = false;
}

WorkerNews WorkerPool::perform(const std::shared_ptr<Delivery>& delivery) const {
  auto outcome =
      workers::perform(registry_, delivery->task, std::exchange(delivery->input, {}), *delivery);
  switch (outcome.kind) {
    case workers::Outcome::Kind::done:
      return {delivery, WorkerNews::Done{std::move(outcome.output)}};
    case workers::Outcome::Kind::failed:
      return {delivery, asl::Failure{std::move(outcome.error), std::move(outcome.cause)}};
    case workers::Outcome::Kind::waits:
      return {delivery, WorkerNews::Waits{std::move(outcome.names)}};
    case workers::Outcome::Kind::held:
      return {delivery, WorkerNews::Held{}};
    case workers::Outcome::Kind::stopped:
      break;
  }
  return {delivery, WorkerNews::Stopped{}};
}

}  // namespace orch::engine
