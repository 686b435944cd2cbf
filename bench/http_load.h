// `orch serve` as a process, and clients of it that measure.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

#include "bench/child.h"

namespace orch::bench {

/// A running server with a store in `folder`, where a Lambda function "noop" is bound to a recorded
/// answer. Throws std::runtime_error when `program` does not listen.
class ServerProcess {
 public:
  ServerProcess(const std::string& program, const std::filesystem::path& folder);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  std::uint16_t port() const { return port_; }
  /// Ends the server and returns "server_cpu_s" and "server_peak_mb".
  Figures end();

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

/// One client that starts executions of a one-task machine and asks until each has SUCCEEDED:
/// "p50_ms" and "p99_ms" of `count`.
Figures polled_executions(std::uint16_t port, int count);

/// One client that calls StartSyncExecution of a one-task express machine: likewise.
Figures synchronous_executions(std::uint16_t port, int count);

/// `connections` clients that together start `count` executions of a one-task machine:
/// "executions_per_s" from the first start until all have succeeded, and "start_p50_ms",
/// "start_p99_ms" of the answers.
Figures many_executions(std::uint16_t port, int connections, int count);

}  // namespace orch::bench
