#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/view/page.h"
#include "orchestrator/view/text.h"

namespace orch::view {
namespace {

// How many characters at the end of their ids tell the runs apart: at least four, as people expect
// of an abbreviation.
std::size_t ending_of(std::span<const store::ExecutionRow> rows) {
  std::size_t longest = 0;
  for (const auto& row : rows) longest = std::max(longest, row.made.run_id.size());
  for (std::size_t length = 4; length < longest; ++length) {
    std::set<std::string_view> endings;
    for (const auto& row : rows) {
      const std::string_view id = row.made.run_id;
      endings.insert(id.substr(id.size() - std::min(id.size(), length)));
    }
    if (endings.size() == rows.size()) return length;
  }
  return longest;
}

constexpr std::size_t usual_terminal = 80;

// "CET" of "2026-11-30 07:00:01 CET".
std::string zone_of(Instant at, const Look& look) {
  const auto text = instant_text(at, look.utc);
  return text.substr(text.rfind(' ') + 1);
}

// The zone is in the column's title, unless it was another one then. A narrow terminal has no room
// for the year and the seconds.
std::string started_text(Instant at, const std::string& zone, bool narrow, const Look& look) {
  constexpr std::size_t time_end = sizeof "2026-11-30 07:00:01" - 1;
  constexpr std::size_t year = sizeof "2026-" - 1, seconds = sizeof ":01" - 1;
  const auto text = instant_text(at, look.utc);
  auto shown = zone_of(at, look) == zone ? text.substr(0, time_end) : text;
  return narrow ? text.substr(year, time_end - year - seconds) : shown;
}

}  // namespace

std::string runs_page(std::span<const store::ExecutionRow> rows, Instant now, bool owned,
                      const Look& look) {
  const bool narrow = look.width > 0 && look.width < usual_terminal;
  const auto zone = zone_of(now, look);
  Grid grid({{"RUN", false, true, true},
             {"NAME", false, true},
             {"WORKFLOW", false, true},
             {"STATUS"},
             {fmt::format("STARTED ({})", zone)},
             {"DURATION", true},
             {"RESUMED", true},
             {"ERROR", false, true}});
  const auto ending = ending_of(rows);
  for (const auto& row : rows) {
    const auto& made = row.made;
    Cell id(made.run_id);
    id.ending = ending;
    grid.add({id, made.name == made.run_id ? "" : made.name, narrow ? "" : made.workflow,
              Cell(status_word(row, owned), tone_of(row, owned)),
              started_text(made.started_at, zone, narrow, look),
              duration_text(row.ended_at.value_or(now) - made.started_at),
              row.redrive_count > 0 ? count_text(row.redrive_count) : "", row.error.value_or("")});
  }
  return grid.text(look);
}

}  // namespace orch::view
