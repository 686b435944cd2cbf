#include "workers/data/crew.h"

#include <chrono>
#include <utility>

#include "workers/worker.h"

namespace orch::data {
namespace {

constexpr std::chrono::milliseconds tick_interval{250};

}  // namespace

Crew::~Crew() {
  if (threads_.empty()) return;  // joined: what on_halt_ gives up may still be wanted
  halt(nullptr);
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Crew::start(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    ++running_;
  }
  threads_.emplace_back([this, job = std::move(job)] { run(job); });
}

void Crew::run(const std::function<void()>& job) noexcept {
  try {
    job();
  } catch (...) {
    halt(std::current_exception());
  }
  const std::scoped_lock lock(mutex_);
  --running_;
  ended_.notify_all();
}

void Crew::halt(std::exception_ptr cause) noexcept {
  if (halted_.exchange(true)) return;
  {
    const std::scoped_lock lock(mutex_);
    cause_ = std::move(cause);
  }
  if (on_halt_) on_halt_();
}

void Crew::join(const std::function<bool()>& stop, const std::function<void()>& tick) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, tick_interval, [this] { return running_ == 0; })) {
    lock.unlock();
    if (stop()) halt(std::make_exception_ptr(workers::Cancelled{}));
    tick();
    lock.lock();
  }
  lock.unlock();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  if (cause_) std::rethrow_exception(cause_);
}

}  // namespace orch::data
