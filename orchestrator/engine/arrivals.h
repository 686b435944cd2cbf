// What other threads hand over to the engine's.
#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>

namespace orch::engine {

/// A queue whose front the engine's thread works on, turn after turn. add() is thread-safe; the
/// rest belongs to the engine's thread.
template <class Item>
class Arrivals {
 public:
  void add(Item item) {
    const std::scoped_lock lock(mutex_);
    arrived_.push_back(std::move(item));
  }
  bool empty() const {
    if (!pending_.empty()) return false;
    const std::scoped_lock lock(mutex_);
    return arrived_.empty();
  }

  /// What has arrived and is not committed, in its order.
  std::deque<Item>& pending() {
    const std::scoped_lock lock(mutex_);
    std::move(arrived_.begin(), arrived_.end(), std::back_inserter(pending_));
    arrived_.clear();
    return pending_;
  }
  /// Of those: how many are taken into the turn under way.
  std::size_t taken = 0;
  /// Hands those that were taken to `use` and removes them.
  template <class Use>
  void settle(const Use& use) {
    for (; taken > 0; --taken) {
      const auto item = std::move(pending_.front());
      pending_.pop_front();
      use(item);
    }
  }

 private:
  mutable std::mutex mutex_;  ///< guards arrived_
  std::deque<Item> arrived_;
  std::deque<Item> pending_;
};

}  // namespace orch::engine
