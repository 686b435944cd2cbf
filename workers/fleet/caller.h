// Calls that are repeated until the endpoint answers.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "workers/fleet/client.h"
#include "workers/fleet/event.h"

namespace orch::fleet {

/// Thread-safe. Tells the observer when the endpoint stops answering, and when it answers again:
/// once, not once a call.
class Caller {
 public:
  /// True: the answer is no longer wanted.
  using Ended = std::function<bool()>;

  /// `client` outlives this.
  Caller(const Client& client, Observer observe) : client_(client), observe_(std::move(observe)) {}

  /// Calls until the endpoint answers, with pauses that grow to half a minute while it does not.
  /// Empty once `ended` says so; a call under way is given up within a fraction of a second then.
  /// `patience` is that of one call. Throws Refusal when a repetition would not help.
  std::optional<Client::Answer> insist(std::string_view operation,
                                       const boost::json::object& request, Millis patience,
                                       const Ended& ended);

  /// Waits; false when `ended` says so before the time is over.
  bool pause(Millis time, const Ended& ended);
  /// Lets those who wait look at once whether they have ended.
  void wake() { changed_.notify_all(); }

 private:
  void note_trouble(const Refusal& refusal, Millis wait);
  void note_answer();

  const Client& client_;
  const Observer observe_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reachable_ = true;  ///< guarded by mutex_
};

}  // namespace orch::fleet
