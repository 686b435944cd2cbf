// What `orch serve` tells of itself and of its runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/host/owner.h"
#include "orchestrator/monitor/event_log.h"
#include "orchestrator/monitor/machine_metrics.h"
#include "orchestrator/monitor/run_metrics.h"
#include "orchestrator/monitor/span_exporter.h"
#include "orchestrator/monitor/traces.h"

namespace orch::cli {

/// Metrics that are collected as long as this lives, which the owner must outlive.
struct CollectedMetrics {
  monitor::OpenWorkMetrics open_work;
  monitor::MachineMetrics machine;
};

/// Must outlive the owner whose listeners it has.
class Monitoring {
 public:
  /// `traces` is the URL of a collector; empty: there are no traces. Throws Error ORCH-0001.
  explicit Monitoring(const std::string& traces);

  std::vector<monitor::Listener*> listeners();
  /// Of the owner of the store at the URL `store`, made with listeners().
  static std::unique_ptr<CollectedMetrics> collect(const std::string& store,
                                                   const host::Owner& owner);

 private:
  monitor::RunMetrics run_metrics_;
  monitor::EventLog event_log_;
  std::unique_ptr<monitor::SpanExporter> exporter_;
  std::unique_ptr<monitor::Traces> traces_;
};

}  // namespace orch::cli
