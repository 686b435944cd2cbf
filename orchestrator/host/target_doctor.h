// Is all well in the databases that the runs of a store publish to?
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "orchestrator/host/doctor.h"

namespace orch::host {

struct TargetExamination {
  std::int64_t runs = 50;    ///< the targets of so many runs, the latest
  std::int64_t tables = 50;  ///< of each target those that were published last; 0: all
  bool digests = false;      ///< reads the rows of replaced tables, and does not only count
  bool clean = false;        ///< removes what no run needs
  std::function<bool()> stop = [] { return false; };
};

/// Compares the evidence of published tables with the tables ("evidence"), and finds staged loads
/// and staging tables that no run of the store needs ("leftovers"). A target that does not answer
/// is a finding ("targets"). Throws workers::Cancelled soon after a stop; otherwise as examine().
std::vector<Finding> examine_targets(const std::string& store_url, const TargetExamination& how);

}  // namespace orch::host
