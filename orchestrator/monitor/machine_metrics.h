// Metrics of this process, of the files of its store and of the disk they are on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/telemetry/metrics.h"

namespace orch::monitor {

/// Collected while this lives. `store` is the path of the run store's file.
class MachineMetrics {
 public:
  MachineMetrics(telemetry::Registry& registry, const std::filesystem::path& store,
                 const std::string& version);

 private:
  std::vector<telemetry::Collected> collected_;
};

/// Free bytes of the disk that `path` is on, for this user. Throws
/// std::filesystem::filesystem_error.
std::uintmax_t free_bytes(const std::filesystem::path& path);

}  // namespace orch::monitor
