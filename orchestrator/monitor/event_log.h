// A line of the log for each event that people look for: runs that start, end, are resumed or
// stopped, tasks that fail.
#pragma once

#include "orchestrator/monitor/monitor.h"

namespace orch::monitor {

/// Writes `event=WORD run=… workflow=…` with the error's name, code, metadata key and connection
/// where there is one. No input, output or parameter is logged. What happens within a run that does
/// not fail is of the level debug, as are the iterations of distributed maps.
class EventLog final : public Listener {
 public:
  void happened(const Happening& happening) override;

 private:
  static void run_started(const Happening& happening);
  static void run_ended(const Happening& happening);
  static void task_happened(const Happening& happening);
};

}  // namespace orch::monitor
