#include "workers/fleet/attempt.h"

#include <utility>

namespace orch::fleet {

void Attempt::report(const workers::Progress& progress) {
  heartbeat();
  const std::scoped_lock lock(mutex_);
  progress_ = progress;
}

void Attempt::stop(Fate why) {
  auto wanted = Fate::wanted;
  fate_.compare_exchange_strong(wanted, why);
}

std::optional<workers::Progress> Attempt::progress() const {
  const std::scoped_lock lock(mutex_);
  return progress_;
}

Heart::Heart(Millis interval, std::function<void(const Heart&)> beat)
    : beat_(std::move(beat)), thread_([this, interval] { run(interval); }) {}

Heart::~Heart() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Heart::run(Millis interval) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval, [this] { return ending(); })) {
    lock.unlock();
    beat_(*this);
    lock.lock();
  }
}

}  // namespace orch::fleet
