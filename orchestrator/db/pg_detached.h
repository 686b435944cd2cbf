// Calls that may block without an end: made on a thread that can be left behind. Internal to the
// module.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// What `work` returns; unset when it takes longer than `limit` (unset: there is none). Throws
/// Stopped soon after `stop` answers true. Then the thread continues alone: `work` owns what it
/// uses, and throws nothing.
template <class T>
std::optional<T> detached(std::function<T()> work, std::optional<std::chrono::milliseconds> limit,
                          const Stop& stop) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<T> result;
  };
  const auto shared = std::make_shared<Shared>();
  std::thread([shared, work = std::move(work)] {
    auto result = work();
    const std::scoped_lock lock(shared->mutex);
    shared->result = std::move(result);
    shared->done.notify_all();
  }).detach();
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(shared->mutex);
  while (!shared->result) {
    shared->done.wait_for(lock, std::chrono::milliseconds(100));
    if (shared->result) break;
    if (stop && stop()) throw Stopped();
    if (limit && std::chrono::steady_clock::now() - start > *limit) return std::nullopt;
  }
  return std::move(shared->result);
}

}  // namespace orch::pg
