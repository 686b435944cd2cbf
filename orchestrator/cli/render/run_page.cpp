#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/block.h"
#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

using execution::Status;

std::string status_text(const view::RunView& view, const Look& look) {
  std::string text = view::status_word(view.row, !view.owner.empty());
  if (view.row.set_aside)
    text += fmt::format(" since {}: {}; `orch resume` tries again",
                        instant_text(*view.row.paused_at, look.utc), *view.row.set_aside);
  else if (view.row.paused_at)
    text += fmt::format(" since {}: nothing continues it but `orch resume`",
                        instant_text(*view.row.paused_at, look.utc));
  else if (view.waiting && !view.owner.empty())
    text = waiting_text(view);
  else if (!view.task_waits.empty() && !view.owner.empty())
    text += ", " + waiting_text(view);
  return text;
}

std::string head(const view::RunView& view, const Look& look) {
  const auto& made = view.row.made;
  const bool named = made.name != made.run_id;
  std::string out = toned("RUN", Tone::strong, look) + '\n';
  out += field("run", named ? fmt::format("{} ({})", made.name, made.run_id) : made.run_id, look);
  out += field("workflow", made.workflow, look);
  out += field("status", status_text(view, look), look, tone_of(view.row, !view.owner.empty()));
  auto times = fmt::format("{}, {}", instant_text(made.started_at, look.utc),
                           duration_text(view.end() - made.started_at));
  if (view.row.redrive_count > 0)
    times += fmt::format(", resumed {}", plural(view.row.redrive_count, "time"));
  for (const auto& part : view.parts_aside)
    out += field("set aside",
                 fmt::format("its part {}: {}; `orch resume {}` tries again", part.made.run_id,
                             part.set_aside.value_or(""), part.made.run_id),
                 look, Tone::bad);
  out += field("started", times, look);
  out += field("connections", made.connections, look);
  if (view.row.status == Status::running && !view.row.paused_at) {
    out += view.owner.empty()
               ? field("owner", "none: the next orch that owns the store continues the run", look,
                       Tone::bad)
               : field("owner", view.owner, look);
  }
  return out;
}

std::string connections_text(const view::Overview& overview, const Look& look) {
  Grid grid({{"  CONNECTION"}, {"ENGINE"}, {"STATUS"}, {"LATENCY", true}, {"REASON", false, true}});
  for (const auto& line : overview.connections) {
    const auto tone = line.status == "up" ? Tone::good : Tone::bad;
    grid.add({"  " + line.name, line.engine, Cell(line.status, tone),
              line.latency_ms ? fmt::format("{:.1f} ms", *line.latency_ms) : "", line.reason});
  }
  return grid.empty() ? "" : heading("CONNECTIONS", look) + grid.text(look);
}

// "23", or of a Map "21/23 items, 2 failed".
std::string runs_of(const view::StateLine& line) {
  return line.entered > 1 ? count_text(line.entered) : "";
}

// "12 children: 10 succeeded, 2 failed".
std::string children_text(const view::Children& children) {
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t count, const char* word) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count_text(count), word));
  };
  add(children.running, "running");
  add(children.succeeded, "succeeded");
  add(children.failed, "failed");
  add(children.stopped, "stopped");
  return fmt::format("{} {}: {}", count_text(children.total),
                     children.total == 1 ? "child" : "children", fmt::join(parts, ", "));
}

std::string detail_of(const view::StateLine& line, const view::Children* children, Instant now) {
  std::vector<std::string> parts;
  if (line.length > 0) parts.push_back(plural(line.length, "item"));
  if (children) parts.push_back(children_text(*children));
  const auto add = [&](std::int64_t count, const char* word) {
    if (count > 0 && line.entered > 1)
      parts.push_back(fmt::format("{} {}", count_text(count), word));
  };
  add(line.running, "running");
  add(line.failed, "failed");
  add(line.caught, "caught");
  add(line.aborted, "aborted");
  if (line.due && line.running > 0)
    parts.push_back(fmt::format("{} in {}", line.type == "Wait" ? "continues" : "next attempt",
                                duration_text(*line.due - now)));
  // What has failed is told whole under FAILURES.
  if (line.failure && line.failed + line.caught + (line.due ? line.running : 0) > 0) {
    const bool told = line.outcome() == view::Outcome::failed || line.failure->message.empty();
    parts.push_back(line.failure->error + (told ? "" : ": " + line.failure->message));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string states_text(const view::RunView& view, const Look& look) {
  Grid grid({{"  STATE", false, true},
             {"TYPE"},
             {"STATUS"},
             {"RUNS", true},
             {"ATTEMPTS", true},
             {"DURATION", true},
             {"", false, true}});
  for (const auto& line : view.overview.states) {
    const auto outcome = line.outcome();
    const auto last = line.running > 0 ? view.now : line.last;
    const auto children = view.children.find(line.name);
    const auto* counts = children == view.children.end() ? nullptr : &children->second;
    grid.add({std::string(2 + 2 * static_cast<std::size_t>(line.depth), ' ') + line.name, line.type,
              Cell(to_string(outcome), tone_of(outcome)), runs_of(line),
              line.attempts > line.entered ? count_text(line.attempts) : "",
              duration_text(last - line.first),
              Cell(detail_of(line, counts, view.now), Tone::faint)});
  }
  return grid.empty() ? "" : heading("STATES", look) + grid.text(look);
}

std::string payload(const char* title, const std::optional<std::string>& json, bool full,
                    const Look& look) {
  return json ? heading(title, look) + payload_text(*json, full, look) : std::string();
}

}  // namespace

std::string run_page(const view::RunView& view, bool full, const Look& look) {
  auto out = head(view, look) + connections_text(view.overview, look) + states_text(view, look);
  if (const auto tables = tables_text(view, look); !tables.empty())
    out += heading("TABLES", look) + tables;
  if (const auto failures = failures_text(view, look); !failures.empty())
    out += heading("FAILURES", look) + failures;
  out += payload("INPUT", view.row.made.input, full, look);
  out += payload("OUTPUT", view.row.output, full, look);
  if (!view.overview.files.empty()) {
    out += heading("REPORT", look);
    for (const auto& file : view.overview.files) out += "  " + one_line(file) + '\n';
  }
  return out + heading("NEXT", look) + next_text(view, false, look);
}

}  // namespace orch::cli::render
