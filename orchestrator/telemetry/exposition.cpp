#include "orchestrator/telemetry/exposition.h"

#include <cmath>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"

namespace orch::telemetry {
namespace {

std::string_view word_of(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "unknown";
}

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : repaired(text)) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || (quotes && c == '"')) out += '\\';
      out += c;
    }
  }
  return out;
}

// OpenMetrics wants a point in the bounds of histograms; Prometheus takes it.
std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

std::string_view unit_of(std::string_view name) {
  for (const std::string_view unit : {"seconds", "bytes"})
    if (name.ends_with(unit) && name.size() > unit.size() &&
        name[name.size() - unit.size() - 1] == '_')
      return unit;
  return {};
}

}  // namespace

void ExpositionWriter::head(const Description& description, MetricType type) {
  const bool open = exposition_ == Exposition::open_metrics;
  std::string_view name = description.name;
  if (open && type == MetricType::counter) name.remove_suffix(std::string_view("_total").size());
  out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(description.help, open), name,
                      word_of(type));
  if (const auto unit = unit_of(name); open && !unit.empty())
    out_ += fmt::format("# UNIT {} {}\n", name, unit);
}

void ExpositionWriter::sample(const Description& description, const LabelValues& values,
                              double value) {
  line(description.name, description, values, "", number(value));
}

void ExpositionWriter::count(const Description& description, const LabelValues& values,
                             std::uint64_t value) {
  line(description.name, description, values, "", std::to_string(value));
}

void ExpositionWriter::histogram(const Description& description, const LabelValues& values,
                                 const Histogram& histogram) {
  const auto counts = histogram.counts();
  for (std::size_t i = 0; i < counts.below.size(); ++i) {
    const auto bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
    line(description.name + "_bucket", description, values, fmt::format("le=\"{}\"", bound),
         std::to_string(counts.below[i]));
  }
  line(description.name + "_sum", description, values, "", number(counts.sum));
  line(description.name + "_count", description, values, "", std::to_string(counts.below.back()));
}

std::string ExpositionWriter::finish() {
  if (exposition_ == Exposition::open_metrics) out_ += "# EOF\n";
  return std::move(out_);
}

void ExpositionWriter::line(std::string_view name, const Description& description,
                            const LabelValues& values, std::string_view more,
                            std::string_view value) {
  out_ += name;
  std::string labels;
  for (std::size_t i = 0; i < values.size() && i < description.labels.size(); ++i)
    labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", description.labels[i],
                          escaped(values[i], true));
  if (!more.empty()) labels += fmt::format("{}{}", labels.empty() ? "" : ",", more);
  if (!labels.empty()) out_ += fmt::format("{{{}}}", labels);
  out_ += fmt::format(" {}\n", value);
}

}  // namespace orch::telemetry
