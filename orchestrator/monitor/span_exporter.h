// Sends spans in batches, and never makes anybody wait: what does not fit is dropped and counted.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "orchestrator/base/time.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::monitor {

struct SpanLimits {
  std::size_t kept = 20'000;  ///< spans that wait
  std::size_t batch = 512;    ///< spans of one request
  Millis delay{2'000};        ///< how long a span waits for company
  Millis pause{5'000};        ///< after a request that failed
};

/// Sends one request, an ExportTraceServiceRequest as JSON text. Blocks; `tick` is to be called now
/// and then and throws when the exporter ends. Throws when the collector does not have it.
using SendSpans = std::function<void(const std::string& body, const std::function<void()>& tick)>;

class SpanExporter {
 public:
  /// `resource` are the attributes of this process.
  SpanExporter(SendSpans send, boost::json::array resource, telemetry::Registry& registry,
               SpanLimits limits = {});
  /// Sends what waits if that takes no longer than a few seconds.
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  /// Takes a span in the JSON encoding of OTLP. Thread-safe, quick.
  void add(boost::json::object span);

 private:
  void run(const std::stop_token& stop);
  boost::json::array take();
  bool send(boost::json::array spans, const std::stop_token& stop);
  std::string request_of(boost::json::array spans) const;

  const SendSpans send_;
  const boost::json::array resource_;
  const SpanLimits limits_;
  telemetry::Family<telemetry::Counter>& spans_;
  std::mutex mutex_;  ///< guards waiting_
  std::condition_variable_any changed_;
  std::deque<boost::json::object> waiting_;
  std::jthread thread_;
};

}  // namespace orch::monitor
