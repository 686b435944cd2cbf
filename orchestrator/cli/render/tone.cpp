#include <fmt/format.h>

#include "orchestrator/base/claim_text.h"
#include "orchestrator/cli/render/page.h"

namespace orch::cli::render {

std::string waiting_text(const view::RunView& view) {
  if (!view.waiting) {
    std::string text;
    for (const auto& wait : view.task_waits)
      text += fmt::format("{} for {}", text.empty() ? "waiting" : ";", wait.text);
    return text;
  }
  return fmt::format("waiting for run {} ({})", view.waiting->name,
                     claim_text(view.waiting->claims));
}

Tone tone_of(const store::ExecutionRow& row, bool owned) {
  using execution::Status;
  if (row.status == Status::running)
    return row.set_aside || view::interrupted(row, owned) ? Tone::bad : Tone::busy;
  return row.status == Status::succeeded ? Tone::good : Tone::bad;
}

Tone tone_of(view::Outcome outcome) {
  switch (outcome) {
    case view::Outcome::succeeded:
      return Tone::good;
    case view::Outcome::running:
      return Tone::busy;
    case view::Outcome::waiting:
      return Tone::faint;
    default:
      return Tone::bad;
  }
}

}  // namespace orch::cli::render
