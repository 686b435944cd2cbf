// Where traces go.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/monitor/span_exporter.h"

namespace orch::cli {

/// An exporter to the collector at `url`, such as http://127.0.0.1:4318/v1/traces, with the headers
/// of OTEL_EXPORTER_OTLP_HEADERS; null when the URL is empty. Throws Error ORCH-0001 for what is no
/// such URL.
std::unique_ptr<monitor::SpanExporter> span_exporter(const std::string& url);

}  // namespace orch::cli
