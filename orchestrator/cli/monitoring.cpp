#include "orchestrator/cli/monitoring.h"

#include "orchestrator/cli/trace_settings.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/store/open.h"
#include "orchestrator/telemetry/metrics.h"
#include "orchestrator/telemetry/trace_context.h"

namespace orch::cli {

Monitoring::Monitoring(const std::string& traces)
    : run_metrics_(telemetry::registry()), exporter_(span_exporter(traces)) {
  if (exporter_) traces_ = std::make_unique<monitor::Traces>(*exporter_);
  telemetry::set_tracing(exporter_ != nullptr);
}

std::vector<monitor::Listener*> Monitoring::listeners() {
  std::vector<monitor::Listener*> all{&run_metrics_, &event_log_};
  if (traces_) all.push_back(traces_.get());
  return all;
}

std::unique_ptr<CollectedMetrics> Monitoring::collect(const std::string& store,
                                                      const host::Owner& owner) {
  auto& registry = telemetry::registry();
  return std::unique_ptr<CollectedMetrics>(new CollectedMetrics{
      {registry, *owner.monitor()}, {registry, store::files_of(store), std::string(version())}});
}

}  // namespace orch::cli
