#include "workers/data/ring.h"

namespace orch::data {

void Ring::push(std::string& chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return aborted_ || count_ < slots_.size(); });
  if (aborted_) throw RingAborted();
  slots_[(first_ + count_) % slots_.size()].swap(chunk);
  ++count_;
  lock.unlock();
  changed_.notify_all();
  chunk.clear();
}

bool Ring::pop(std::string& chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return aborted_ || count_ > 0 || open_ == 0; });
  if (aborted_) throw RingAborted();
  if (count_ == 0) return false;
  slots_[first_].swap(chunk);
  first_ = (first_ + 1) % slots_.size();
  --count_;
  lock.unlock();
  changed_.notify_all();
  return true;
}

void Ring::close() {
  const std::scoped_lock lock(mutex_);
  --open_;
  changed_.notify_all();
}

void Ring::abort() noexcept {
  const std::scoped_lock lock(mutex_);
  aborted_ = true;
  changed_.notify_all();
}

}  // namespace orch::data
