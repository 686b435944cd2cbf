// Calls of the Step Functions API, at AWS or any server that speaks it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/base/error.h"
#include "orchestrator/base/time.h"
#include "workers/library/keys.h"

namespace orch::fleet {

/// An endpoint that answers nothing, or refuses. The code is ORCH-0660.
class Refusal : public Error {
 public:
  /// `type` is the service's name of the error, "TaskTimedOut"; empty when there was no answer.
  Refusal(std::string type, const std::string& message, std::string hint, bool passing)
      : Error("ORCH-0660", message, std::move(hint)), type_(std::move(type)), passing_(passing) {}

  const std::string& type() const noexcept { return type_; }
  /// True when the same call may succeed later: no connection, overload, expired keys.
  bool passing() const noexcept { return passing_; }

 private:
  std::string type_;
  bool passing_;
};

/// Thread-safe: it keeps nothing between calls.
class Client {
 public:
  struct Answer {
    boost::json::object body;
    Instant at;  ///< by the endpoint's clock, in whole seconds; by ours if it does not say
  };

  /// Requests are signed for `region` with the keys that `keys`, which outlives this, has at that
  /// moment, and are sent unsigned when there are none. Throws Error ORCH-0001 for a URL that is
  /// neither http nor https.
  Client(std::string url, std::string region, library::Keys& keys);

  /// Blocks for at most `patience`; `tick` is called several times a second meanwhile and may throw
  /// to give up. Throws Refusal.
  Answer call(std::string_view operation, const boost::json::object& request, Millis patience,
              const std::function<void()>& tick) const;

  const std::string& url() const noexcept { return url_; }

 private:
  std::optional<aws::Credentials> credentials_now() const;

  std::string url_;
  std::string region_;
  library::Keys& keys_;
  std::string host_;  ///< as the Host header has it
  std::string path_;
};

}  // namespace orch::fleet
