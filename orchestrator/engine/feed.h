// What is committed, told to all who follow: the one place in which news leaves the engine.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/watchers.h"

namespace orch::engine {

/// The number of a piece of news: 1, 2, 3 … of this process. The store has what came before.
using Cursor = std::uint64_t;

/// Events that were committed together, and the run's row after them. Without an event the row in
/// the store may have changed (the run waits for another one); it may also change unsaid (paused by
/// another process).
struct Committed {
  store::ExecutionRow row;
  std::vector<execution::Event> events;
};

/// What a worker has reported; not durable.
struct TaskProgress {
  execution::Ticket ticket{};
  workers::Progress progress;
};

struct News {
  Cursor cursor = 0;
  std::string run;  ///< its id
  std::variant<Committed, TaskProgress> what;
};

/// What a subscriber wants to hear of.
struct Interest {
  std::optional<std::string> run = {};  ///< only of the run with this id; else of all
  bool ends = false;                    ///< only the end of runs; else everything
};

/// How much a subscription keeps for its reader.
struct FeedLimits {
  std::size_t news = 4'096;
  std::size_t bytes = 16 << 20;  ///< of payloads and rows, about
};

/// What a subscriber reads.
struct FeedBatch {
  std::vector<News> news;  ///< in the order of their commits
  /// The reader was too slow: news before these are no longer kept. The store has what they said.
  bool missed = false;
};

class Feed;

/// Says that something was committed or reported, and no more: for readers of the store. Costs the
/// engine no copy.
class Pulse {
 public:
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// Waits at most `longest` for something that came after the wait before; true when it did.
  bool wait(Millis longest);
  /// Ends a wait() of another thread, or the next one.
  void wake();

 private:
  friend class Feed;
  explicit Pulse(Feed& feed) : feed_(feed) {}

  Feed& feed_;
  // Guarded by the mutex of the feed.
  std::condition_variable changed_;
  bool beaten_ = false;
};

/// One reader's place in the feed. read() and wait() belong to one thread.
class Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  /// What has come since the last read.
  FeedBatch read();
  /// Waits at most `longest` for something to read; true when there is.
  bool wait(Millis longest);

 private:
  friend class Feed;
  Subscription(Feed& feed, Interest interest, FeedLimits limits)
      : feed_(feed), interest_(std::move(interest)), limits_(limits) {}

  bool wants(const std::string& run, bool end) const;
  void put(News news);

  Feed& feed_;
  const Interest interest_;
  const FeedLimits limits_;
  // The rest is guarded by the mutex of the feed.
  std::condition_variable changed_;
  std::deque<std::pair<News, std::size_t>> kept_;  ///< with its bytes
  std::size_t bytes_ = 0;
  bool missed_ = false;
};

/// An engine's observer. Costs next to nothing while there are no subscriptions. Thread-safe.
class Feed final : public Observer {
 public:
  /// Everything committed from now on that is of interest. Read the store after this: what the
  /// store does not have yet, the subscription will. The feed must outlive it.
  std::unique_ptr<Subscription> subscribe(Interest interest, FeedLimits limits = {});
  /// The feed must outlive it.
  std::unique_ptr<Pulse> pulse();
  /// Calls that wait for the end of a run or a task of an activity.
  Watchers& watchers() { return watchers_; }

  void on_events(const store::ExecutionRow& run, std::span<const execution::Event> events) override;
  void on_progress(const std::string& run, execution::Ticket ticket,
                   const workers::Progress& progress) override;
  void on_activity_task(const std::string& activity) override;

 private:
  friend class Pulse;
  friend class Subscription;
  template <class Make>
  void publish(const std::string& run, bool end, const Make& make);

  mutable std::mutex mutex_;
  Cursor latest_ = 0;
  std::vector<Subscription*> subscriptions_;
  std::vector<Pulse*> pulses_;
  Watchers watchers_;
};

}  // namespace orch::engine
