#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {

std::vector<Column> history_columns() {
  return {{"#", true}, {"AFTER", true}, {"EVENT"}, {"STATE", false, true}, {"", false, true}};
}

std::vector<Cell> history_cells(const execution::Event& event, Instant started, const Look& look) {
  auto tone = Tone::plain;
  const auto type = execution::to_string(event.type);
  if (type.ends_with("Succeeded")) tone = Tone::good;
  if (event.error || type.ends_with("Failed") || type.ends_with("TimedOut")) tone = Tone::bad;
  std::vector<std::string> parts;
  if (!event.resource.empty()) parts.push_back(event.resource);
  if (event.type == execution::EventType::task_scheduled && event.number > 0)
    parts.push_back(fmt::format("attempt {}", event.number + 1));
  if (event.type == execution::EventType::map_state_started)
    parts.push_back(plural(event.number, "item"));
  if (event.thread.entered != 0) parts.push_back(fmt::format("[{}]", event.thread.index));
  if (event.error || event.cause) {
    const auto failure = view::failure_of(event.error, event.cause);
    parts.push_back(failure.error + (failure.message.empty() ? "" : ": " + failure.message));
  } else if (event.payload) {
    parts.push_back(event.payload->text());
  }
  if (event.due) parts.push_back("until " + instant_text(*event.due, look.utc));
  return {fmt::format("{}", event.id), duration_text(event.at - started),
          Cell(std::string(type), tone), event.name,
          Cell(fmt::format("{}", fmt::join(parts, " ")), Tone::faint)};
}

}  // namespace orch::cli::render
