// Names of traces and spans, computed from runs and events: whoever knows a task can name its span.
// Source: W3C Trace Context, version 00.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orch::telemetry {

/// Of a run's trace: 32 hexadecimal digits.
std::string trace_id(std::string_view run_id);

/// Of what began with the event, a state or an attempt of a task; 0: of the run itself. 16
/// hexadecimal digits.
std::string span_id(std::string_view run_id, std::int64_t event);

/// The trace of a run that another one has begun is that one's: until leave_trace(), traceparent()
/// names `root`'s. Thread-safe, as the following.
void join_trace(const std::string& run_id, const std::string& root);
void leave_trace(const std::string& run_id);

/// The value of the header `traceparent` that makes calls of a task part of its span.
std::string traceparent(const std::string& run_id, std::int64_t ticket);

/// Whether traces of this process are recorded, and tasks tell others of them. Until it is set, no.
/// Thread-safe.
void set_tracing(bool on);
bool is_tracing();

}  // namespace orch::telemetry
