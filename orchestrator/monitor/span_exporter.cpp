#include "orchestrator/monitor/span_exporter.h"

#include <stdexcept>
#include <utility>

#include "orchestrator/base/log.h"
#include "orchestrator/json/text.h"

namespace orch::monitor {
namespace {

namespace bj = boost::json;

constexpr std::chrono::seconds end_patience{3};

}  // namespace

SpanExporter::SpanExporter(SendSpans send, bj::array resource, telemetry::Registry& registry,
                           SpanLimits limits)
    : send_(std::move(send)),
      resource_(std::move(resource)),
      limits_(limits),
      spans_(registry.counter(
          {"orch_trace_spans_total",
           "Spans of traces: exported, dropped (the collector was too slow, or refused them).",
           {"outcome"}})) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

SpanExporter::~SpanExporter() = default;

void SpanExporter::add(bj::object span) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() < limits_.kept) {
      waiting_.push_back(std::move(span));
      if (waiting_.size() < limits_.batch) return;
    } else {
      spans_.with({"dropped"}).add();
      return;
    }
  }
  changed_.notify_one();
}

bj::array SpanExporter::take() {
  bj::array batch;
  const std::scoped_lock lock(mutex_);
  while (!waiting_.empty() && batch.size() < limits_.batch) {
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

// A batch that fails is tried once more after a pause, while new spans wait; then it is dropped.
void SpanExporter::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, limits_.delay,
                        [&] { return waiting_.size() >= limits_.batch; });
    }
    for (auto batch = take(); !batch.empty(); batch = take()) {
      if (send(batch, stop)) continue;
      std::mutex never;
      std::unique_lock lock(never);
      std::condition_variable_any().wait_for(lock, stop, limits_.pause, [] { return false; });
      if (!send(batch, stop)) spans_.with({"dropped"}).add(batch.size());
    }
  }
  for (auto batch = take(); !batch.empty(); batch = take())
    if (!send(batch, stop)) return;
}

bool SpanExporter::send(bj::array spans, const std::stop_token& stop) {
  const auto count = spans.size();
  // The end is waited for a little, counted from the first look after it was asked for.
  std::optional<std::chrono::steady_clock::time_point> give_up;
  const auto tick = [&] {
    if (!stop.stop_requested()) return;
    const auto now = std::chrono::steady_clock::now();
    if (!give_up) give_up = now + end_patience;
    if (now > *give_up) throw std::runtime_error("the server ends");
  };
  try {
    send_(request_of(std::move(spans)), tick);
    spans_.with({"exported"}).add(count);
    return true;
  } catch (const std::exception& error) {
    log::warn({{"event", "traces_failed"}}, "{} spans are not exported: {}", count, error.what());
    return false;
  }
}

std::string SpanExporter::request_of(bj::array spans) const {
  bj::object scope_spans{{"scope", {{"name", "orch"}}}, {"spans", std::move(spans)}};
  bj::object resource_spans{{"resource", {{"attributes", resource_}}},
                            {"scopeSpans", bj::array{std::move(scope_spans)}}};
  return json::write(bj::object{{"resourceSpans", bj::array{std::move(resource_spans)}}});
}

}  // namespace orch::monitor
