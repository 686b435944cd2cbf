// Reads the items of a map run from outside, ahead of the engine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "orchestrator/engine/background.h"
#include "workers/outside.h"

namespace orch::engine {

/// A thread of its own and a short queue, so that neither a slow bucket holds up the engine nor a
/// large object fills the memory. Used on the engine's thread; `wake` is called on the feed's.
class ItemFeed final : public SlowWork {
 public:
  /// Leaves out the first `skip` items, which children have. `wake` tells that take() may have
  /// something again. `outside` must outlive the feed.
  ItemFeed(workers::Outside& outside, execution::ItemReaderPlan reader,
           std::shared_ptr<const access::Policy> access, std::int64_t skip,
           std::function<void()> wake);
  /// Stops reading and waits for the thread.
  ~ItemFeed() override;
  void request_stop() noexcept override;
  bool is_over() const noexcept override { return over_; }

  /// The next item as JSON text; nothing when none is there, yet or at all. Throws TaskFailed
  /// with what reading threw, once the items before it are taken.
  std::optional<std::string> take();
  /// True when take() will give nothing from now on.
  bool ended() const;

 private:
  void read(const execution::ItemReaderPlan& reader, std::int64_t skip);
  bool push(std::string item);
  void end(std::exception_ptr failure) noexcept;

  workers::Outside& outside_;
  std::shared_ptr<const access::Policy> access_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable room_;
  std::deque<std::string> queue_;
  std::size_t bytes_ = 0;  ///< in queue_
  bool full_ = false;      ///< the reader waits for room
  bool awaited_ = false;   ///< take() gave nothing
  bool ended_ = false;
  bool stop_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> over_ = false;  ///< the thread has nothing left to do
  std::thread thread_;
};

}  // namespace orch::engine
