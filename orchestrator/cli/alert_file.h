// The file of --alerts: channels, rules for workflows, pipelines and the server, the alive signal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/host/alert_plan.h"

namespace orch::cli {

/// Reads the file, and again when it has changed.
class AlertFile {
 public:
  /// Throws InvalidDocument (ORCH-0830), Error ORCH-0002, ORCH-0017 (others may read it).
  explicit AlertFile(std::string file);

  host::AlertPlan plan() const;
  /// The plan, when the file has changed and is sound; what is wrong with it is told in the log
  /// once, and the plan before stays.
  std::optional<host::AlertPlan> changed();

 private:
  struct Stamp {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
  };
  Stamp stamp() const;

  std::string file_;
  Stamp read_;
};

}  // namespace orch::cli
