#include "orchestrator/schedule/interval.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::schedule {
namespace {

using std::chrono::seconds;

constexpr seconds longest = std::chrono::days(366 * 10);

seconds unit_of(char unit) {
  switch (unit) {
    case 's':
      return seconds(1);
    case 'm':
      return std::chrono::minutes(1);
    case 'h':
      return std::chrono::hours(1);
    case 'd':
      return std::chrono::days(1);
    default:
      return seconds(0);
  }
}

}  // namespace

seconds parse_duration(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    throw Error("ORCH-0701", fmt::format("\"{}\" is no duration: {}", text, why),
                "90s, 15m, 6h, 2d or several of them, as 1h30m");
  };
  seconds sum{0};
  auto rest = text;
  if (rest.empty()) refuse("it is empty");
  while (!rest.empty()) {
    int count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc() || count < 0) refuse("a number has to come before each unit");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty()) refuse("the unit is missing");
    const auto unit = unit_of(rest.front());
    if (unit == seconds(0)) refuse(fmt::format("there is no unit \"{}\"", rest.front()));
    rest.remove_prefix(1);
    sum += count * unit;
    if (sum > longest) refuse("it is longer than ten years");
  }
  if (sum == seconds(0)) refuse("it is 0");
  return sum;
}

std::chrono::sys_seconds Interval::at_or_after(std::chrono::sys_seconds from) const {
  const auto passed = from.time_since_epoch() % every;
  if (passed > seconds(0)) return from + (every - passed);
  return from - passed;  // before the epoch it is negative
}

}  // namespace orch::schedule
