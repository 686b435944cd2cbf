// Metrics of runs, tasks and what they move.
#pragma once

#include <vector>

#include "orchestrator/monitor/monitor.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::monitor {

/// Counts what it is told of.
class RunMetrics final : public Listener {
 public:
  explicit RunMetrics(telemetry::Registry& registry);

  void happened(const Happening& happening) override;
  void moved(const WatchedRun& run, const std::string& phase, std::int64_t rows,
             std::int64_t bytes) override;
  void missed() override;

 private:
  void run_happened(const Happening& happening);
  void begin(const Happening& happening);
  void task_ended(const Happening& happening, const char* status);

  telemetry::Family<telemetry::Counter>& started_;
  telemetry::Family<telemetry::Counter>& ended_;
  telemetry::Family<telemetry::Counter>& resumed_;
  telemetry::Family<telemetry::Histogram>& schedule_lag_;
  telemetry::Family<telemetry::Histogram>& run_seconds_;
  telemetry::Family<telemetry::Counter>& scheduled_;
  telemetry::Family<telemetry::Counter>& tasks_ended_;
  telemetry::Family<telemetry::Counter>& retries_;
  telemetry::Family<telemetry::Histogram>& schedule_to_start_;
  telemetry::Family<telemetry::Histogram>& task_seconds_;
  telemetry::Family<telemetry::Counter>& rows_;
  telemetry::Family<telemetry::Counter>& bytes_;
  telemetry::Family<telemetry::Counter>& missed_;
};

/// Collects what is open while it lives; `monitor` must live longer.
class OpenWorkMetrics {
 public:
  OpenWorkMetrics(telemetry::Registry& registry, const Monitor& monitor);

 private:
  std::vector<telemetry::Collected> collected_;
};

}  // namespace orch::monitor
