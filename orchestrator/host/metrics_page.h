// GET /metrics: what Prometheus reads.
#pragma once

#include <string>

#include "orchestrator/http/handler.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::host {

/// Who may read the page.
struct MetricsAccess {
  /// File with the token that a reader must bring ("Authorization: Bearer TOKEN"), read for each
  /// request, so that a new token counts at once; empty: no token is asked for.
  std::string token_file = {};
  /// Other machines reach the server: without a token file nothing is shown.
  bool exposed = false;
};

/// Answers with the metrics of `registry`: as OpenMetrics when the reader accepts that, else in
/// Prometheus' text format. Names of workflows and states are in it, data are not.
http::Handler metrics_page(const telemetry::Registry& registry, MetricsAccess access);

}  // namespace orch::host
