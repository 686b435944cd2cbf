// Threads whose results are no longer wanted.
#pragma once

#include <memory>
#include <utility>

namespace orch::engine {

class Background;

/// Work with a thread of its own that reads or writes outside and may be slow to notice that it
/// has to stop. Its destructor waits for the thread.
class SlowWork {
 public:
  virtual ~SlowWork() = default;
  SlowWork() = default;
  SlowWork(const SlowWork&) = delete;
  SlowWork& operator=(const SlowWork&) = delete;
  /// Asks the thread to stop, without waiting.
  virtual void request_stop() noexcept = 0;
  /// True when the destructor has nothing to wait for.
  virtual bool is_over() const noexcept = 0;

 private:
  friend class Background;
  std::unique_ptr<SlowWork> next_;  ///< in the list of what was left
};

/// Keeps what was left until its threads have ended. Belongs to one thread.
class Background {
 public:
  Background() = default;
  ~Background() { wait(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Asks the work to stop and keeps it.
  void leave(std::unique_ptr<SlowWork> work) noexcept;
  /// Destroys what is over.
  void tidy() noexcept;
  /// Destroys everything; waits for the threads.
  void wait() noexcept;

 private:
  std::unique_ptr<SlowWork> first_;
};

/// A deleter that leaves the work to the Background.
class LeaveTo {
 public:
  LeaveTo() = default;
  explicit LeaveTo(Background& background) : background_(&background) {}
  void operator()(SlowWork* work) const noexcept {
    background_->leave(std::unique_ptr<SlowWork>(work));
  }

 private:
  Background* background_ = nullptr;
};

/// Work that is left to the Background when it is no longer wanted.
template <class Work>
using Leavable = std::unique_ptr<Work, LeaveTo>;

template <class Work, class... Args>
Leavable<Work> make_leavable(Background& background, Args&&... args) {
  return Leavable<Work>(new Work(std::forward<Args>(args)...), LeaveTo(background));
}

}  // namespace orch::engine
