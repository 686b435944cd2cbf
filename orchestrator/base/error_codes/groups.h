// The table of error codes, by what the errors are of. A code is never reused, and its group is
// told by its first digits.
#pragma once

#include <span>

#include "orchestrator/base/error.h"

namespace orch {

// Each in ascending order of the codes.
std::span<const ErrorCode> command_line_codes();  ///< 00xx
std::span<const ErrorCode> runs_codes();          ///< 01xx definitions, 02xx store and runs
std::span<const ErrorCode> tables_codes();     ///< 03xx connections and catalogs, 04xx staging and
                                               ///< types, 05xx verify, merge and reconcile
std::span<const ErrorCode> workers_codes();    ///< 06xx
std::span<const ErrorCode> pipelines_codes();  ///< 07xx schedules, 080x pipelines, 081x
                                               ///< projects, 083x alerts

}  // namespace orch
