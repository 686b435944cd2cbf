#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/block.h"
#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

void failure_block(std::string& out, const std::string& title, const view::Failure& failure,
                   const std::string& state, std::int64_t attempts, const Look& look) {
  if (!out.empty()) out += '\n';
  out += toned(one_line(title), Tone::bad, look) + '\n';
  out += field("state", state, look);
  out += field("error", failure.error, look, Tone::bad);
  out += field("cause", failure.message, look);
  out += field("hint", failure.hint, look, Tone::strong);
  if (!failure.code.empty())
    out += field("code", fmt::format("{0} (`orch explain {0}`)", failure.code), look);
  if (attempts > 0) out += field("attempts", count_text(attempts), look);
}

}  // namespace

std::string failures_text(const view::RunView& view, const Look& look) {
  std::string out;
  const auto& run_failure = view.overview.failure;
  bool run_shown = !run_failure;
  for (const auto& table : view.overview.tables) {
    const auto* failure = table.failure();
    if (!failure) continue;
    const auto& step = table.steps.back();
    failure_block(out, table.key, *failure, step.state, step.attempts, look);
    run_shown = run_shown || *failure == *run_failure;
  }
  if (run_shown) return out;
  // The cause of a run whose tables failed is made of theirs.
  const bool joined = !out.empty();
  std::string state;
  std::int64_t attempts = 0;
  for (const auto& line : view.overview.states) {
    if (line.failed == 0 || !line.failure || !(*line.failure == *run_failure)) continue;
    state = line.name;
    attempts = line.attempts;
  }
  auto shown = *run_failure;
  if (joined) shown.message.clear();
  failure_block(out, shown.key.empty() ? "the run" : shown.key, shown, state, joined ? 0 : attempts,
                look);
  return out;
}

}  // namespace orch::cli::render
