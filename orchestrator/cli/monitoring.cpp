#include "orchestrator/cli/monitoring.h"

#include "orchestrator/cli/version.h"
#include "orchestrator/store/open.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::cli {

Monitoring::Monitoring() : run_metrics_(telemetry::registry()) {}

std::vector<monitor::Listener*> Monitoring::listeners() { return {&run_metrics_, &event_log_}; }

std::unique_ptr<CollectedMetrics> Monitoring::collect(const std::string& store,
                                                      const host::Owner& owner) {
  auto& registry = telemetry::registry();
  return std::unique_ptr<CollectedMetrics>(new CollectedMetrics{
      {registry, *owner.monitor()}, {registry, store::files_of(store), std::string(version())}});
}

}  // namespace orch::cli
