#include "orchestrator/schedule/rhythm.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "orchestrator/base/error.h"

namespace orch::schedule {
namespace {

// "15 minutes", as Amazon EventBridge has it: a number, a blank, a unit.
Interval parse_rate(std::string_view text) {
  struct Unit {
    std::string_view name;
    char letter;
  };
  constexpr auto units = std::to_array<Unit>({{"minute", 'm'}, {"hour", 'h'}, {"day", 'd'}});
  const auto blank = text.find(' ');
  if (blank != std::string_view::npos) {
    auto unit = trimmed(text.substr(blank));
    if (unit.ends_with('s')) unit.remove_suffix(1);
    for (const auto& known : units) {
      if (unit == known.name)
        return Interval{parse_duration(std::string(text.substr(0, blank)) + known.letter)};
    }
  }
  throw Error("ORCH-0701", fmt::format("\"rate({})\" is no rate", text),
              "rate(15 minutes): a number, then minutes, hours or days");
}

}  // namespace

Rhythm parse_rhythm(std::string_view text) {
  constexpr std::string_view every = "@every ";
  text = trimmed(text);
  if (text.starts_with(every)) return Interval{parse_duration(trimmed(text.substr(every.size())))};
  if (text.starts_with("rate(") && text.ends_with(')'))
    return parse_rate(trimmed(text.substr(5, text.size() - 6)));
  return Cron::parse(text);
}

}  // namespace orch::schedule
