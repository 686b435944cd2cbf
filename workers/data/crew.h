// A few threads that do one thing together: the first failure ends them all.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace orch::data {

/// Runs jobs on threads of its own and brings the first failure back to the thread that waits. A
/// failure after that one is a consequence (a closed ring, a cut connection) and is dropped.
/// start() and join() belong to one thread; the destructor stops and joins.
class Crew {
 public:
  /// `on_halt` wakes the jobs that may be blocked; called once at most, on any thread.
  explicit Crew(std::function<void()> on_halt = {}) : on_halt_(std::move(on_halt)) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  void start(std::function<void()> job);
  /// True once a job failed or join() saw the stop: jobs end soon. Thread-safe.
  bool halted() const noexcept { return halted_.load(std::memory_order_relaxed); }
  /// Waits for all jobs. `tick` is called four times a second. Throws what the first failed job
  /// threw, or workers::Cancelled when `stop` answered true.
  void join(const std::function<bool()>& stop, const std::function<void()>& tick);

 private:
  void run(const std::function<void()>& job) noexcept;
  void halt(std::exception_ptr cause) noexcept;

  std::function<void()> on_halt_;
  std::atomic<bool> halted_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::exception_ptr cause_;
  std::vector<std::thread> threads_;
};

}  // namespace orch::data
