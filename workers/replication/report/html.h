// The report for people who open it in a browser: report.html.
#pragma once

#include <string>

#include "workers/replication/report/run_report.h"

namespace orch::replication {

/// One page without scripts and without anything to load: it may be mailed, archived and printed.
/// Follows the reader's choice of light or dark, and fits a phone.
std::string to_html(const RunReport& report);

}  // namespace orch::replication
