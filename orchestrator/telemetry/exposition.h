// The text in which metrics are read. Sources: Prometheus, "Exposition formats", text format 0.0.4;
// OpenMetrics 1.0.0.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/telemetry/metrics.h"

namespace orch::telemetry {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

/// Writes metrics one after the other.
class ExpositionWriter {
 public:
  explicit ExpositionWriter(Exposition exposition) : exposition_(exposition) {}

  void head(const Description& description, MetricType type);
  void sample(const Description& description, const LabelValues& values, double value);
  void count(const Description& description, const LabelValues& values, std::uint64_t value);
  void histogram(const Description& description, const LabelValues& values,
                 const Histogram& histogram);
  std::string finish();

 private:
  void line(std::string_view name, const Description& description, const LabelValues& values,
            std::string_view more, std::string_view value);

  const Exposition exposition_;
  std::string out_;
};

}  // namespace orch::telemetry
