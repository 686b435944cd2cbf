// The client tokens of RedriveExecution, so that a request sent twice redrives once.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::stepfunctions {

/// Remembers the last ten tokens of an execution for fifteen minutes, as the service does; not
/// beyond the process. Thread-safe.
class RedriveTokens {
 public:
  /// When this token redrove the run; empty: it has not.
  std::optional<Instant> find(std::string_view run, std::string_view token, Instant now);
  void keep(std::string run, std::string token, Instant redriven);

 private:
  struct Used {
    std::string run;
    std::string token;
    Instant redriven;
  };
  void forget(Instant now);

  std::mutex mutex_;
  std::deque<Used> used_;  ///< oldest first
};

}  // namespace orch::stepfunctions
