#include <algorithm>
#include <set>
#include <string_view>

#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/render/time_column.h"

namespace orch::cli::render {

// At least four, as people expect of an abbreviation.
std::size_t ending_of(std::span<const std::string> ids) {
  std::size_t longest = 0;
  for (const auto& id : ids) longest = std::max(longest, id.size());
  for (std::size_t length = 4; length < longest; ++length) {
    std::set<std::string_view> endings;
    for (const std::string_view id : ids)
      endings.insert(id.substr(id.size() - std::min(id.size(), length)));
    if (endings.size() == ids.size()) return length;
  }
  return longest;
}

std::string runs_page(std::span<const store::ExecutionRow> rows, Instant now, bool owned,
                      const Look& look) {
  const TimeColumn started("STARTED", now, narrower_than(100, look), look);
  const bool workflows = !narrower_than(80, look);
  Grid grid({{"RUN", false, true, true},
             {"NAME", false, true},
             {"WORKFLOW", false, true},
             {"PIPELINE", false, true},
             {"STATUS"},
             started.column(),
             {"DURATION", true},
             {"RESUMED", true},
             {"ERROR", false, true}});
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.made.run_id);
  const auto ending = ending_of(ids);
  for (const auto& row : rows) {
    const auto& made = row.made;
    Cell id(made.run_id);
    id.ending = ending;
    grid.add({id, made.name == made.run_id ? "" : made.name, workflows ? made.workflow : "",
              workflows && made.pipeline ? made.pipeline->pipeline : "",
              Cell(view::status_word(row, owned), tone_of(row, owned)),
              started.text(made.started_at),
              duration_text(row.ended_at.value_or(now) - made.started_at),
              row.redrive_count > 0 ? count_text(row.redrive_count) : "", row.error.value_or("")});
  }
  return grid.text(look);
}

}  // namespace orch::cli::render
