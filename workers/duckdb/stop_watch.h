// Ends statements that are no longer wanted.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "orchestrator/db/duckdb.h"

namespace orch::duckdb {

/// While it lives, asks `stop` several times a second on a thread of its own; when it answers true,
/// the statement that runs on the connection ends with Error::Type::interrupted. It ends before the
/// connection.
class StopWatch {
 public:
  /// An empty `stop` is never asked.
  StopWatch(Connection& connection, const std::function<bool()>& stop);
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;
  ~StopWatch();

 private:
  void watch(Connection& connection, const std::function<bool()>& stop);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace orch::duckdb
