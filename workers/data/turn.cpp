#include "workers/data/turn.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "workers/worker.h"

namespace orch::data {

/// A lock that serves in the order of arrival.
class TurnQueue {
 public:
  void enter(const std::function<bool()>& stop) {
    std::unique_lock lock(mutex_);
    const auto ticket = next_++;
    waiting_.push_back(ticket);
    const auto served = [&] { return waiting_.front() == ticket; };
    while (!served_.wait_for(lock, std::chrono::milliseconds(100), served)) {
      if (!stop()) continue;
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
      throw workers::Cancelled();
    }
  }

  /// Of the one whose turn it is.
  std::shared_ptr<void>& left() { return left_; }

  void leave() {
    const std::scoped_lock lock(mutex_);
    waiting_.pop_front();
    if (waiting_.empty()) left_.reset();
    served_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable served_;
  std::uint64_t next_ = 0;
  std::deque<std::uint64_t> waiting_;  ///< the first one has its turn
  std::shared_ptr<void> left_;         ///< by the turn before
};

namespace {

/// The queue of `file`, shared by all who name the same file however they spell its path.
std::shared_ptr<TurnQueue> queue_of(const std::filesystem::path& file) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<TurnQueue>> queues;
  const auto name = std::filesystem::weakly_canonical(file).string();
  const std::scoped_lock lock(mutex);
  auto queue = queues[name].lock();
  if (!queue) queues[name] = queue = std::make_shared<TurnQueue>();
  return queue;
}

}  // namespace

Turn::Turn(const std::filesystem::path& file, const std::function<bool()>& stop)
    : queue_(queue_of(file)) {
  queue_->enter(stop);
}

Turn::~Turn() {
  if (queue_) queue_->leave();
}

std::shared_ptr<void>& Turn::left() { return queue_->left(); }

}  // namespace orch::data
