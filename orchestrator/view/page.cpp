#include "orchestrator/view/page.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/claim_text.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "orchestrator/view/pretty.h"
#include "orchestrator/view/text.h"

namespace orch::view {
namespace {

using execution::Status;

Instant end_of(const RunView& view) { return view.row.ended_at.value_or(view.now); }

std::string heading(const char* title, const Look& look) {
  return '\n' + toned(title, Tone::strong, look) + '\n';
}

// One line of a block: a faint name, and a value broken over lines under itself.
std::string field(const char* name, const std::string& value, const Look& look,
                  Tone tone = Tone::plain) {
  constexpr std::size_t indent = 15;
  if (value.empty()) return {};
  const auto label = fmt::format("  {:<{}}", name, indent - 2);
  return toned(label, Tone::faint, look) +
         toned(wrapped(one_line(value), look.width, indent), tone, look) + '\n';
}

std::string status_text(const RunView& view, const Look& look) {
  std::string text = status_word(view.row, !view.owner.empty());
  if (view.row.set_aside)
    text += fmt::format(" since {}: {}; `orch resume` tries again",
                        instant_text(*view.row.paused_at, look.utc), *view.row.set_aside);
  else if (view.row.paused_at)
    text += fmt::format(" since {}: nothing continues it but `orch resume`",
                        instant_text(*view.row.paused_at, look.utc));
  else if (view.waiting && !view.owner.empty())
    text = waiting_text(view);
  return text;
}

std::string head(const RunView& view, const Look& look) {
  const auto& made = view.row.made;
  const bool named = made.name != made.run_id;
  std::string out = toned("RUN", Tone::strong, look) + '\n';
  out += field("run", named ? fmt::format("{} ({})", made.name, made.run_id) : made.run_id, look);
  out += field("workflow", made.workflow, look);
  out += field("status", status_text(view, look), look, tone_of(view.row, !view.owner.empty()));
  auto times = fmt::format("{}, {}", instant_text(made.started_at, look.utc),
                           duration_text(end_of(view) - made.started_at));
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

std::string connections_text(const Overview& overview, const Look& look) {
  Grid grid({{"  CONNECTION"}, {"ENGINE"}, {"STATUS"}, {"LATENCY", true}, {"REASON", false, true}});
  for (const auto& line : overview.connections) {
    const auto tone = line.status == "up" ? Tone::good : Tone::bad;
    grid.add({"  " + line.name, line.engine, Cell(line.status, tone),
              line.latency_ms ? fmt::format("{:.1f} ms", *line.latency_ms) : "", line.reason});
  }
  return grid.empty() ? "" : heading("CONNECTIONS", look) + grid.text(look);
}

// "23", or of a Map "21/23 items, 2 failed".
std::string runs_of(const StateLine& line) {
  return line.entered > 1 ? count_text(line.entered) : "";
}

// "12 children: 10 succeeded, 2 failed".
std::string children_text(const Children& children) {
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

std::string detail_of(const StateLine& line, const Children* children, Instant now) {
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
    parts.push_back(fmt::format("{} in {}", line.type == "Wait" ? "goes on" : "next attempt",
                                duration_text(*line.due - now)));
  // What has failed is told whole under FAILURES.
  if (line.failure && line.failed + line.caught + (line.due ? line.running : 0) > 0) {
    const bool told = line.outcome() == Outcome::failed || line.failure->message.empty();
    parts.push_back(line.failure->error + (told ? "" : ": " + line.failure->message));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string states_text(const RunView& view, const Look& look) {
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

struct Figures {
  std::optional<std::int64_t> rows;
  std::optional<double> rate;
};

// A table that is being staged counts what has arrived so far.
Figures figures_of(const TableLine& table, const store::ProgressRow* progress) {
  if (table.rows()) return {table.rows(), table.rows_per_second()};
  if (!progress) return {};
  const auto ms = (progress->at - table.steps.back().last).count();
  Figures figures{progress->rows, {}};
  if (ms > 0 && progress->rows > 0)
    figures.rate = static_cast<double>(progress->rows) * 1'000.0 / static_cast<double>(ms);
  return figures;
}

std::string step_text(const TableLine& table, const store::ProgressRow* progress) {
  if (table.steps.empty() || table.outcome == Outcome::succeeded) return {};
  if (progress && !progress->phase.empty()) return progress->phase;
  return step_name(table.steps.back());
}

void failure_block(std::string& out, const std::string& title, const Failure& failure,
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

// Resuming repeats what failed: of no use where it must fail again.
void add_remedy(Grid& grid, const store::ExecutionRow& row, const std::string& id) {
  constexpr std::array of_the_definition = {
      "States.Runtime",          "States.ParameterPathFailure", "States.ResultPathMatchFailure",
      "States.IntrinsicFailure", "States.NoChoiceMatched",      "States.QueryEvaluationError"};
  const auto error = row.error.value_or("");
  const auto add = [&](const std::string& command, const char* what) {
    grid.add({"  orch " + command, Cell(what, Tone::faint)});
  };
  if (error == "Input.Invalid")
    return add(fmt::format("submit {} --input …", row.made.workflow),
               "a new run with a corrected input; a resume would meet the same one");
  if (std::ranges::find(of_the_definition, error) != of_the_definition.end())
    return add(fmt::format("resume {} --definition FILE", id), "go on with a corrected definition");
  add("resume " + id, "redo only what failed; what succeeded is kept");
}

// What the run says of itself: the member "summary" of its output.
std::string summary_of(const store::ExecutionRow& row) {
  if (!row.output) return {};
  const auto output = json::parse(*row.output);
  const auto* object = output.if_object();
  const auto* summary = object ? object->if_contains("summary") : nullptr;
  return summary && summary->is_string() ? std::string(summary->get_string()) : std::string();
}

// A word of --only in a sentence: "timed out".
std::string said(std::string word) {
  std::ranges::replace(word, '_', ' ');
  return word;
}

std::string payload(const char* title, const std::optional<std::string>& json, bool full,
                    const Look& look) {
  return json ? heading(title, look) + payload_text(*json, full, look) : std::string();
}

std::vector<std::string> changed_entries(const RunView& view) {
  std::vector<std::string> keys;
  for (const auto& table : view.overview.tables)
    if (table.entry_changed()) keys.push_back(one_line(table.key));
  return keys;
}

}  // namespace

bool interrupted(const store::ExecutionRow& row, bool owned) {
  return row.status == Status::running && !row.paused_at && !owned;
}

const char* status_word(const store::ExecutionRow& row, bool owned) {
  if (!row.damage.empty()) return "damaged";
  switch (row.status) {
    case Status::running:
      if (row.set_aside) return "set_aside";
      if (row.paused_at) return "paused";
      if (interrupted(row, owned)) return "interrupted";
      return row.waits_for ? "waiting" : "running";
    case Status::succeeded:
      return "succeeded";
    case Status::failed:
      return "failed";
    case Status::timed_out:
      return "timed_out";
    case Status::aborted:
      break;
  }
  return "stopped";
}

std::string waiting_text(const RunView& view) {
  if (!view.waiting) return {};
  return fmt::format("waiting for run {} ({})", view.waiting->name,
                     claim_text(view.waiting->claims));
}

Tone tone_of(const store::ExecutionRow& row, bool owned) {
  if (row.status == Status::running)
    return row.set_aside || interrupted(row, owned) ? Tone::bad : Tone::busy;
  return row.status == Status::succeeded ? Tone::good : Tone::bad;
}

Tone tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::succeeded:
      return Tone::good;
    case Outcome::running:
      return Tone::busy;
    case Outcome::waiting:
      return Tone::faint;
    default:
      return Tone::bad;
  }
}

std::string step_name(const Step& step) {
  constexpr std::string_view ours = "orch:";
  return step.resource.starts_with(ours) ? step.resource.substr(ours.size()) : step.state;
}

const store::ProgressRow* progress_of(const TableLine& table,
                                      std::span<const store::ProgressRow> progress) {
  if (table.steps.empty() || table.steps.back().outcome != Outcome::running) return nullptr;
  for (const auto& row : progress)
    if (row.ticket == table.steps.back().ticket) return &row;
  return nullptr;
}

std::string tables_text(const RunView& view, const Look& look) {
  Grid grid({{"  TABLE", false, true},
             {"STATUS"},
             {"STEP"},
             {"ROWS", true},
             {"RATE", true},
             {"DURATION", true},
             {"ATTEMPTS", true}});
  for (const auto& table : view.overview.tables) {
    const auto* progress = progress_of(table, view.progress);
    const auto figures = figures_of(table, progress);
    grid.add({"  " + table.key, Cell(to_string(table.outcome), tone_of(table.outcome)),
              step_text(table, progress), figures.rows ? count_text(*figures.rows) : "",
              figures.rate ? rate_text(*figures.rate) : "",
              table.steps.empty() ? "" : duration_text(table.duration(view.now)),
              table.attempts() > 0 ? count_text(table.attempts()) : ""});
  }
  return grid.text(look);
}

std::string failures_text(const RunView& view, const Look& look) {
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

std::string next_text(const RunView& view, bool with_status, const Look& look) {
  const auto& made = view.row.made;
  const auto id =
      made.name.find_first_of(" \t'\"$`\\") == std::string::npos ? made.name : made.run_id;
  Grid grid({{"  NEXT"}, {"", false, true}});
  const auto add = [&](const char* command, const char* what) {
    grid.add({fmt::format("  orch {} {}", command, id), Cell(what, Tone::faint)});
  };
  const bool running = view.row.status == Status::running;
  if (running && (view.row.paused_at || view.owner.empty())) add("resume", "go on where it was");
  if (running) add("stop", "end it; it can be resumed");
  if (!running && view.row.status != Status::succeeded) add_remedy(grid, view.row, id);
  if (with_status) add("status", "states, tables and failures");
  add("history", "every event");
  auto text = grid.text(look);
  return text.substr(text.find('\n') + 1);
}

std::string run_page(const RunView& view, bool full, const Look& look) {
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

std::string end_page(const RunView& view, const Look& look) {
  const auto& row = view.row;
  std::int64_t rows = 0;
  std::int64_t done = 0;
  for (const auto& table : view.overview.tables) {
    if (table.outcome != Outcome::succeeded) continue;
    rows += table.rows().value_or(0);
    ++done;
  }
  auto outcome =
      fmt::format("{} {} {} after {}", one_line(row.made.workflow), one_line(row.made.name),
                  said(status_word(row, true)), duration_text(end_of(view) - row.made.started_at));
  if (const auto count = view.overview.tables.size(); count > 0)
    outcome += fmt::format(": {} of {}, {} read", count_text(done),
                           plural(static_cast<std::int64_t>(count), "table"), plural(rows, "row"));
  else if (const auto summary = summary_of(row); !summary.empty())
    outcome += ": " + one_line(summary);
  std::string out;
  if (const auto tables = tables_text(view, look); !tables.empty()) out += tables + '\n';
  if (const auto failures = failures_text(view, look); !failures.empty()) out += failures + '\n';
  out += toned(wrapped(outcome, look.width, 2), tone_of(row, true), look) + '\n';
  if (const auto changed = changed_entries(view); !changed.empty())
    out += fmt::format("  catalog  changed since the run began, and used as it is now: {}\n",
                       fmt::join(changed, ", "));
  for (const auto& file : view.overview.files)
    out += fmt::format("  report   {}\n", one_line(file));
  return out + next_text(view, true, look);
}

}  // namespace orch::view
