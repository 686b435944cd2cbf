#include "bench/board.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/report.h"

namespace orch::bench {

void Board::note(const Way& way, double seconds) {
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.way.name == way.name; });
  if (known != entries_.end())
    known->seconds.push_back(seconds);
  else
    entries_.push_back({way, {seconds}});
}

const Board::Entry& Board::find(const std::string& name) const {
  for (const auto& entry : entries_) {
    if (entry.way.name == name) return entry;
  }
  throw std::logic_error("nothing was timed under the name " + name);
}

double Board::times_as_fast(const Entry& entry) const {
  const auto& theirs = find(entry.way.against).seconds;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < entry.seconds.size(); ++i)
    ratios.push_back(theirs.at(i) / entry.seconds[i]);
  return median(ratios);
}

std::string Board::table() const {
  auto text = fmt::format("{:<36} {:>9} {:>9} {:>9} {:>12} {:>14}  {}\n", "way", "median s",
                          "least", "most", "rows/s", "times as fast", "as");
  for (const auto& entry : entries_) {
    const auto [least, most] = std::minmax_element(entry.seconds.begin(), entry.seconds.end());
    const auto middle = median(entry.seconds);
    const auto ratio = times_as_fast(entry);
    const auto* verdict = entry.way.aim == 0       ? ""
                          : ratio >= entry.way.aim ? "  (aim met)"
                                                   : "  (aim missed)";
    text +=
        fmt::format("{:<36} {:>9.2f} {:>9.2f} {:>9.2f} {:>12.0f} {:>14.2f}  {}{}\n", entry.way.name,
                    middle, *least, *most, static_cast<double>(entry.way.rows) / middle, ratio,
                    entry.way.against, verdict);
  }
  return text;
}

boost::json::array Board::json() const {
  boost::json::array ways;
  for (const auto& entry : entries_)
    ways.push_back({{"way", entry.way.name},
                    {"rows", entry.way.rows},
                    {"seconds", boost::json::array(entry.seconds.begin(), entry.seconds.end())},
                    {"against", entry.way.against},
                    {"times_as_fast", times_as_fast(entry)}});
  return ways;
}

}  // namespace orch::bench
