#include "orchestrator/telemetry/metrics.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "orchestrator/telemetry/exposition.h"

namespace orch::telemetry {
namespace {

// A label is a name, not a document.
constexpr std::size_t longest_label = 200;

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && !text.starts_with("__") &&
         std::all_of(text.begin(), text.end(), fits);
}

void check(const Description& description, bool counter) {
  const auto refuse = [&](const char* what) {
    throw std::logic_error("metric " + description.name + ": " + what);
  };
  if (!is_name(description.name)) refuse("not a name");
  if (description.name.ends_with("_total") != counter) refuse("counters alone end in _total");
  if (description.help.empty()) refuse("without help");
  for (const auto& label : description.labels)
    if (!is_name(label) || label == "le") refuse("not the name of a label");
}

struct Collector {
  Description description;
  std::function<std::vector<Sample>()> samples;  ///< empty: nothing collects it at present
  std::uint64_t number = 0;                      ///< of the call of collect()
};

}  // namespace

Histogram::Histogram(const std::vector<double>& bounds)
    : bounds_(bounds), within_(new std::atomic<std::uint64_t>[bounds.size() + 1]()) {}

void Histogram::observe(double value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  within_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Counts Histogram::counts() const {
  Counts counts;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i)
    counts.below.push_back(total += within_[i].load(std::memory_order_relaxed));
  counts.sum = sum_.load(std::memory_order_relaxed);
  return counts;
}

const std::vector<double>& second_bounds() {
  static const std::vector<double> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,   0.25,   0.5,   1,    2.5,   5,
                                             10,    30,     60,    300,  1800,  3600};
  return bounds;
}

const std::vector<double>& long_second_bounds() {
  static const std::vector<double> bounds = {1,   5,    15,   30,   60,    120,   300,  600,
                                             900, 1800, 3600, 7200, 14400, 28800, 86400};
  return bounds;
}

template <class Series>
Family<Series>::Family(Description description, std::vector<double> bounds)
    : description_(std::move(description)), bounds_(std::move(bounds)) {}

template <class Series>
std::unique_ptr<Series> Family<Series>::make() const {
  if constexpr (std::is_same_v<Series, Histogram>)
    return std::make_unique<Histogram>(bounds_);
  else
    return std::make_unique<Series>();
}

template <class Series>
Series& Family<Series>::with(std::initializer_list<std::string_view> values) {
  if (values.size() != description_.labels.size())
    throw std::logic_error("metric " + description_.name + ": as many values as labels");
  LabelValues key;
  for (const auto value : values) key.emplace_back(value.substr(0, longest_label));
  const std::scoped_lock lock(mutex_);
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (series_.size() >= description_.most_series) key.assign(values.size(), "other");
    auto& made = series_[key];
    if (!made) made = make();
    return *made;
  }
  return *found->second;
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

struct Registry::Entry {
  std::variant<std::unique_ptr<Family<Counter>>, std::unique_ptr<Family<Gauge>>,
               std::unique_ptr<Family<Histogram>>, Collector>
      what;
};

Registry::Registry() = default;
Registry::~Registry() = default;

template <class Series>
Family<Series>& Registry::declare(Description description, std::vector<double> bounds) {
  check(description, std::is_same_v<Series, Counter>);
  const std::scoped_lock lock(mutex_);
  auto& entry = entries_[description.name];
  if (!entry) {
    auto family = std::make_unique<Family<Series>>(std::move(description), std::move(bounds));
    // A metric without labels has its one value from the start.
    if (family->description().labels.empty()) family->with({});
    entry = std::make_unique<Entry>(Entry{std::move(family)});
    return *std::get<std::unique_ptr<Family<Series>>>(entry->what);
  }
  auto* known = std::get_if<std::unique_ptr<Family<Series>>>(&entry->what);
  if (!known || (*known)->description().labels != description.labels)
    throw std::logic_error("metric " + description.name + ": declared twice");
  return **known;
}

Family<Counter>& Registry::counter(Description description) {
  return declare<Counter>(std::move(description), {});
}

Family<Gauge>& Registry::gauge(Description description) {
  return declare<Gauge>(std::move(description), {});
}

Family<Histogram>& Registry::histogram(Description description, const std::vector<double>& bounds) {
  return declare<Histogram>(std::move(description), bounds);
}

Collected Registry::collect(Description description, std::function<std::vector<Sample>()> samples) {
  check(description, description.name.ends_with("_total"));
  const std::scoped_lock lock(mutex_);
  auto& entry = entries_[description.name];
  if (entry && !std::holds_alternative<Collector>(entry->what))
    throw std::logic_error("metric " + description.name + ": declared twice");
  auto name = description.name;
  entry = std::make_unique<Entry>(
      Entry{Collector{std::move(description), std::move(samples), ++collected_}});
  return {*this, std::move(name), collected_};
}

void Registry::forget(const std::string& name, std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  auto& collector = std::get<Collector>(entries_.at(name)->what);
  if (collector.number == number) collector.samples = {};
}

namespace {

void write(ExpositionWriter& writer, const std::unique_ptr<Family<Counter>>& family) {
  writer.head(family->description(), MetricType::counter);
  family->each([&](const auto& values, const auto& series) {
    writer.count(family->description(), values, series.value());
  });
}

void write(ExpositionWriter& writer, const std::unique_ptr<Family<Gauge>>& family) {
  writer.head(family->description(), MetricType::gauge);
  family->each([&](const auto& values, const auto& series) {
    writer.sample(family->description(), values, series.value());
  });
}

void write(ExpositionWriter& writer, const std::unique_ptr<Family<Histogram>>& family) {
  writer.head(family->description(), MetricType::histogram);
  family->each([&](const auto& values, const auto& series) {
    writer.histogram(family->description(), values, series);
  });
}

void write(ExpositionWriter& writer, const Collector& collector) {
  const auto& description = collector.description;
  const bool counter = description.name.ends_with("_total");
  writer.head(description, counter ? MetricType::counter : MetricType::gauge);
  if (!collector.samples) return;
  std::map<LabelValues, double> samples;
  try {
    for (auto& sample : collector.samples()) {
      for (auto& value : sample.labels) value.resize(std::min(value.size(), longest_label));
      if (samples.size() < description.most_series || samples.contains(sample.labels))
        samples[std::move(sample.labels)] += sample.value;
      else
        samples[LabelValues(description.labels.size(), "other")] += sample.value;
    }
  } catch (const std::exception&) {
    return;  // a gap in the figures says it; the other metrics are needed all the more
  }
  for (const auto& [values, value] : samples) writer.sample(description, values, value);
}

}  // namespace

std::string Registry::text(Exposition exposition) const {
  ExpositionWriter writer(exposition);
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, entry] : entries_)
    std::visit([&](const auto& what) { write(writer, what); }, entry->what);
  return writer.finish();
}

Collected::Collected(Collected&& other) noexcept
    : registry_(std::exchange(other.registry_, nullptr)),
      name_(std::move(other.name_)),
      number_(other.number_) {}

Collected& Collected::operator=(Collected&& other) noexcept {
  std::swap(registry_, other.registry_);
  std::swap(name_, other.name_);
  std::swap(number_, other.number_);
  return *this;
}

Collected::~Collected() {
  if (registry_) registry_->forget(name_, number_);
}

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace orch::telemetry
