// What becomes of something that was handed to the engine, for those who do not wait with a thread.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <utility>

namespace orch::engine {

/// Thread-safe.
class Completion {
 public:
  /// It is committed, or refused for this reason. Once.
  void complete(const std::exception_ptr& refused = nullptr) {
    std::function<void()> look;
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
      refused_ = refused;
      look = std::exchange(look_, nullptr);
    }
    changed_.notify_all();
    if (look) look();
  }

  bool is_done() const {
    const std::scoped_lock lock(mutex_);
    return done_;
  }
  /// Calls `look` when it is done, on the engine's thread: it must be quick. False: it is done
  /// already, and `look` is not called.
  bool when_done(std::function<void()> look) {
    const std::scoped_lock lock(mutex_);
    if (done_) return false;
    look_ = std::move(look);
    return true;
  }
  /// Blocks until it is done.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }
  /// Likewise; throws what it was refused for.
  void get() {
    wait();
    if (refused_) std::rethrow_exception(refused_);
  }

 private:
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable changed_;
  bool done_ = false;
  std::exception_ptr refused_;
  std::function<void()> look_;
};

}  // namespace orch::engine
