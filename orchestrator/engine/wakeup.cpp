#include "orchestrator/engine/wakeup.h"

#include <chrono>

namespace orch::engine {
namespace {

// Waking a thread costs about half a commit. A result that comes within this time is taken without.
constexpr std::chrono::microseconds spin_time{100};

}  // namespace

void Wakeup::ring() {
  {
    const std::scoped_lock lock(mutex_);
    arrived_.store(true, std::memory_order_relaxed);
  }
  changed_.notify_all();
}

void Wakeup::close() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

bool Wakeup::is_closing() const {
  const std::scoped_lock lock(mutex_);
  return closing_;
}

void Wakeup::wait(Millis patience, bool soon) {
  if (soon && patience > Millis{0}) {
    const auto until = std::chrono::steady_clock::now() + spin_time;
    while (!arrived_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until) {
    }
  }
  std::unique_lock lock(mutex_);
  if (patience > Millis{0})
    changed_.wait_for(lock, patience, [this] { return closing_ || arrived_; });
  arrived_ = false;
}

bool Wakeup::pause(Millis duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, duration, [this] { return closing_; });
}

}  // namespace orch::engine
