// Traces of runs: a span for the run, for each state and for each attempt of a task, as OTLP has
// them. Source: OpenTelemetry protocol 1.0, JSON Protobuf Encoding; semantic conventions.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "orchestrator/monitor/monitor.h"
#include "orchestrator/monitor/span_exporter.h"

namespace orch::monitor {

/// {"key", "value": {"stringValue"}}.
boost::json::object attribute(std::string_view key, std::string_view value);

/// Makes spans when what they stand for is over; no input or output is in them. Children of a map
/// run are below its span, an execution that a task starts is below the task's: all that a run has
/// begun is one trace. A run whose submitter named a trace (AWS X-Ray's header) has a link to it.
class Traces final : public Listener {
 public:
  /// `exporter` must outlive it.
  explicit Traces(SpanExporter& exporter) : exporter_(exporter) {}

  void happened(const Happening& happening) override;

 private:
  void end_attempt(const Happening& happening);
  void end_state(const WatchedRun& run, execution::Thread thread, const WatchedState& state,
                 Instant end, bool failed);
  void end_map_run(const WatchedRun& run, const WatchedState& state, Instant end, bool failed);
  void end_run(const Happening& happening);

  SpanExporter& exporter_;
};

}  // namespace orch::monitor
