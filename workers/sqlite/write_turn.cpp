#include "workers/sqlite/write_turn.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace orch::sqlite {

/// A lock that serves in the order of arrival.
class TurnQueue {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    const auto ticket = next_++;
    served_.wait(lock, [&] { return serving_ == ticket; });
  }
  void leave() {
    const std::scoped_lock lock(mutex_);
    ++serving_;
    served_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable served_;
  std::uint64_t next_ = 0;
  std::uint64_t serving_ = 0;
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

WriteTurn::WriteTurn(const std::filesystem::path& file) : queue_(queue_of(file)) {
  queue_->enter();
}

WriteTurn::~WriteTurn() {
  if (queue_) queue_->leave();
}

}  // namespace orch::sqlite
