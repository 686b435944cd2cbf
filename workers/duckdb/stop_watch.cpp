#include "workers/duckdb/stop_watch.h"

#include <chrono>

namespace orch::duckdb {
namespace {

constexpr std::chrono::milliseconds between_questions{100};

}  // namespace

StopWatch::StopWatch(Connection& connection, const std::function<bool()>& stop) {
  if (stop) thread_ = std::thread([this, &connection, &stop] { watch(connection, stop); });
}

StopWatch::~StopWatch() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  ended_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StopWatch::watch(Connection& connection, const std::function<bool()>& stop) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, between_questions, [this] { return over_; }))
    if (stop()) connection.interrupt();
}

}  // namespace orch::duckdb
