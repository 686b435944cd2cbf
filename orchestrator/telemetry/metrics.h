// Figures about this process that a monitoring system reads: counters, gauges and histograms by
// name.
//
// A metric is declared where it is counted and costs a line:
//
//   static auto& refused = telemetry::registry().counter(
//       {"orch_slots_refused_total", "Tasks that found no free slot.", {"connection"}});
//   refused.with({connection}).add();
//
// What is known only when somebody asks (rows of a list, the size of a file) is collected then:
// Registry::collect(). Names are Prometheus's: "orch_", the thing, the unit in the plural of base
// units (seconds, bytes), "_total" for counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace orch::telemetry {

/// What a metric is: shown with it.
struct Description {
  std::string name;  ///< [a-z_][a-z0-9_]*
  std::string help;  ///< one sentence
  std::vector<std::string> labels = {};
  /// Bounds the memory here and there: further combinations of label values are counted together,
  /// each of their values as "other".
  std::size_t most_series = 500;
};

/// Only grows. Thread-safe; a few nanoseconds.
class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// Goes up and down. Thread-safe.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double more) { value_.fetch_add(more, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// How often values fell below each bound. Thread-safe.
class Histogram {
 public:
  struct Counts {
    std::vector<std::uint64_t> below;  ///< each bound, the last one infinite; cumulative
    double sum = 0;
  };

  /// `bounds` ascend.
  explicit Histogram(const std::vector<double>& bounds);
  void observe(double value);
  const std::vector<double>& bounds() const { return bounds_; }
  Counts counts() const;

 private:
  const std::vector<double>& bounds_;  ///< of the family
  std::unique_ptr<std::atomic<std::uint64_t>[]> within_;
  std::atomic<double> sum_ = 0;
};

/// From milliseconds to an hour: what commits and tasks take.
const std::vector<double>& second_bounds();
/// From seconds to a day: what runs take.
const std::vector<double>& long_second_bounds();

using LabelValues = std::vector<std::string>;

/// One metric with all its series. Thread-safe.
template <class Series>
class Family {
 public:
  Family(Description description, std::vector<double> bounds);
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  /// The series of these label values, in the order of the labels; lives as long as the registry.
  Series& with(std::initializer_list<std::string_view> values);
  /// Calls `take(values, series)` for each, in the order of their values.
  template <class Take>
  void each(const Take& take) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& [values, series] : series_) take(values, *series);
  }
  const Description& description() const { return description_; }

 private:
  std::unique_ptr<Series> make() const;

  const Description description_;
  const std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::map<LabelValues, std::unique_ptr<Series>> series_;
};

/// One value of a metric that is collected when it is asked for.
struct Sample {
  LabelValues labels;
  double value = 0;
};

class Registry;

/// While it lives, the metric is collected; after that nothing calls its function.
class [[nodiscard]] Collected {
 public:
  Collected() = default;
  Collected(Registry& registry, std::string name, std::uint64_t number)
      : registry_(&registry), name_(std::move(name)), number_(number) {}
  Collected(Collected&& other) noexcept;
  Collected& operator=(Collected&& other) noexcept;
  ~Collected();

 private:
  Registry* registry_ = nullptr;
  std::string name_;
  std::uint64_t number_ = 0;
};

/// How metrics are written.
enum class Exposition : std::uint8_t {
  prometheus,   ///< text format 0.0.4
  open_metrics  ///< 1.0.0
};

/// All metrics by name. Thread-safe.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Each declares the metric, or returns the one of this name. Throws std::logic_error for a name
  /// that breaks the rules and for a second metric of the same name.
  Family<Counter>& counter(Description description);
  Family<Gauge>& gauge(Description description);
  Family<Histogram>& histogram(Description description,
                               const std::vector<double>& bounds = second_bounds());
  /// A gauge (or a counter: by its name, "_total") whose values `samples` gives when they are asked
  /// for. It may be called on any thread, one call at a time, must be quick, and replaces an
  /// earlier function of the same name.
  Collected collect(Description description, std::function<std::vector<Sample>()> samples);

  /// All of them, by name. A function that throws has no values then.
  std::string text(Exposition exposition) const;

 private:
  friend class Collected;
  struct Entry;
  template <class Series>
  Family<Series>& declare(Description description, std::vector<double> bounds);
  void forget(const std::string& name, std::uint64_t number);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
  std::uint64_t collected_ = 0;  ///< how often collect() was called
};

/// The one that /metrics of this process shows.
Registry& registry();

}  // namespace orch::telemetry
