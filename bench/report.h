// Figures of several rounds, their medians, and whether they meet what is aimed at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::bench {

struct Aim {
  enum class Kind { at_least, at_most };
  Kind kind;
  double value;
  bool in_limits = false;  ///< `value` counts multiples of L
};

/// One figure of one case over all rounds.
class Series {
 public:
  Series(std::string bench_case, std::string figure, std::string unit, std::vector<Aim> aims)
      : case_(std::move(bench_case)),
        figure_(std::move(figure)),
        unit_(std::move(unit)),
        aims_(std::move(aims)) {}

  /// `limit` is L as calibrated beside this round.
  void add(double value, double limit);
  bool empty() const { return values_.empty(); }
  double median() const;
  boost::json::object json() const;
  std::string row() const;
  static std::string heading();

 private:
  double judged(const Aim& aim) const;
  bool meets(const Aim& aim) const;

  std::string case_;
  std::string figure_;
  std::string unit_;
  std::vector<Aim> aims_;
  std::vector<double> values_;
  std::vector<double> ratios_;
};

/// The machine, the file system of `folder`, the compiler and the libraries.
boost::json::object conditions(const std::string& folder);

double median(std::vector<double> values);

}  // namespace orch::bench
