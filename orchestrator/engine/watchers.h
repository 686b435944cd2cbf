// Who waits for something to happen, without a thread of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace orch::engine {

struct RunName {
  std::string id;

  friend bool operator==(const RunName&, const RunName&) = default;
};

struct ActivityName {
  std::string arn;

  friend bool operator==(const ActivityName&, const ActivityName&) = default;
};

/// What something happens to: a run, or an activity that has a task to give.
using Subject = std::variant<RunName, ActivityName>;

/// Calls to make once something has happened to a subject. Thread-safe.
class Watchers {
 public:
  /// Looks again, on the thread that brings the news; must be quick.
  using Look = std::function<void()>;
  /// How often something has happened that concerns a subject.
  using Count = std::uint64_t;

  /// Ask before looking: add() then knows whether something happened meanwhile.
  Count count(const Subject& subject) const;
  /// Keeps `look` under `owner` until it is called or taken back. False, and nothing is kept:
  /// something has happened since `seen`, look again at once.
  bool add(const Subject& subject, Count seen, const void* owner, Look look);
  /// Takes back what was added; false when it is no longer there.
  bool take(const void* owner);
  /// One thing for one taker: the waiter that has waited longest looks again. A waiter that then
  /// does not look must wake another one.
  void wake_one(const Subject& subject);
  /// All who wait for the subject look again.
  void wake_all(const Subject& subject);
  /// All look again, whatever they wait for.
  void wake_all();

 private:
  struct Hash {
    std::size_t operator()(const Subject& subject) const;
  };
  struct Waiting {
    const void* owner;
    Look look;
  };
  using Queue = std::list<Waiting>;
  struct Place {
    Subject subject;
    Queue::iterator waiting;
  };
  /// Locked. Up to `most` looks of the subject, oldest first.
  std::vector<Look> remove(const Subject& subject, std::size_t most);
  void wake(const Subject& subject, std::size_t most);

  std::mutex mutex_;
  std::unordered_map<Subject, Queue, Hash> queues_;
  std::unordered_map<const void*, Place> places_;
  /// By the subject's hash: news of another subject costs a look for nothing, and that is all.
  std::array<std::atomic<Count>, 1024> counts_{};
};

}  // namespace orch::engine
