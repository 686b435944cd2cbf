// Requests that wait for something to happen.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace orch::http {

/// Calls of long polls that have no answer yet, by what has to happen first. Thread-safe.
class LongPolls {
 public:
  /// Looks again, on whatever thread calls it; must be quick.
  using Look = std::function<void()>;
  /// How often something has happened that concerns a subject.
  using Count = std::uint64_t;

  /// Ask before looking; park() then knows whether something happened meanwhile.
  Count count(std::string_view subject) const;
  /// Keeps `look` under `owner` until ring(subject) or take(owner). False, and nothing is kept:
  /// something has happened since `seen`, look again at once.
  bool park(const std::string& subject, Count seen, const void* owner, Look look);
  /// Takes back what was parked; false when it is not there any more.
  bool take(const void* owner);
  /// Something has happened: everybody parked under `subject` looks again.
  void ring(const std::string& subject);
  /// Everybody looks again.
  void ring_all();

 private:
  struct Parked {
    const void* owner;
    Look look;
  };
  std::atomic<Count>& counter(std::string_view subject);

  std::mutex mutex_;
  std::unordered_multimap<std::string, Parked> parked_;
  /// By the subject's hash: others' news costs a look for nothing, and that is all.
  std::array<std::atomic<Count>, 1024> counts_{};
};

}  // namespace orch::http
