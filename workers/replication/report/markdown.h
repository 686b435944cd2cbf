// The report for people who read text: report.md.
#pragma once

#include <string>

#include "workers/replication/report/run_report.h"

namespace orch::replication {

/// GitHub's Markdown. What comes from outside stands for itself: no markup, no HTML, one line.
std::string to_markdown(const RunReport& report);

}  // namespace orch::replication
