#include "orchestrator/cli/render/time_column.h"

#include <fmt/format.h>

#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

// "CET" of "2026-11-30 07:00:01 CET".
std::string zone_of(Instant at, const Look& look) {
  const auto text = instant_text(at, look.utc);
  return text.substr(text.rfind(' ') + 1);
}

}  // namespace

bool narrower_than(std::size_t columns, const Look& look) {
  return look.width > 0 && look.width < columns;
}

TimeColumn::TimeColumn(std::string_view title, Instant now, bool narrow, const Look& look)
    : zone_(zone_of(now, look)),
      title_(fmt::format("{} ({})", title, zone_)),
      narrow_(narrow),
      look_(look) {}

std::string TimeColumn::text(Instant at) const {
  constexpr std::size_t time_end = sizeof "2026-11-30 07:00:01" - 1;
  constexpr std::size_t year = sizeof "2026-" - 1, seconds = sizeof ":01" - 1;
  const auto text = instant_text(at, look_.utc);
  const auto shown = zone_of(at, look_) == zone_ ? text.substr(0, time_end) : text;
  return narrow_ ? text.substr(year, time_end - year - seconds) : shown;
}

}  // namespace orch::cli::render
