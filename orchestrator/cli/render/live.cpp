#include "orchestrator/cli/render/live.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

constexpr std::size_t bar_width = 16;

struct Total {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t rows = 0;
};

Total total_of(const view::RunView& view) {
  Total total;
  for (const auto& table : view.overview.tables) {
    if (table.outcome == view::Outcome::succeeded) ++total.done;
    if (table.outcome == view::Outcome::failed) ++total.failed;
    if (const auto rows = table.rows()) {
      total.rows += *rows;
    } else if (const auto* progress = view::progress_of(table, view.progress)) {
      total.rows += progress->rows;
    }
  }
  return total;
}

std::string bar(double share, const Look& look) {
  const auto filled = static_cast<std::size_t>(std::lround(share * static_cast<double>(bar_width)));
  std::string out;
  for (std::size_t i = 0; i < bar_width; ++i) {
    if (look.utf8) {
      out += i < filled ? "█" : "░";
    } else {
      out += i < filled ? '#' : '.';
    }
  }
  return out;
}

// What follows the name of a table at work.
void add_progress(std::vector<Cell>& cells, const view::TableLine& table,
                  const store::ProgressRow* progress, const view::RunView& view, const Look& look) {
  const auto& step = table.steps.back();
  const auto rows = progress ? progress->rows : table.rows().value_or(0);
  const auto elapsed = (view.now - step.last).count();
  const double rate = progress && elapsed > 0
                          ? static_cast<double>(rows) * 1'000.0 / static_cast<double>(elapsed)
                          : 0;
  const auto expected = progress ? progress->expected_rows.value_or(0) : 0;
  std::string drawn;
  std::string eta;
  if (expected > 0) {
    // The expectation is an estimate: a bar never shows more than all, nor all before the end.
    const auto share = std::min(0.99, static_cast<double>(rows) / static_cast<double>(expected));
    drawn = fmt::format("{} {:2.0f} %", bar(share, look), share * 100);
    if (rate > 0 && expected > rows)
      eta = "ETA " + duration_text(Millis{static_cast<std::int64_t>(
                         static_cast<double>(expected - rows) * 1'000.0 / rate)});
  }
  cells.emplace_back(drawn, Tone::busy);
  cells.emplace_back(rows > 0 ? count_text(rows) + " rows" : "");
  cells.emplace_back(rate > 0 ? rate_text(rate) : "");
  cells.emplace_back(eta.empty() ? duration_text(table.duration(view.now)) : eta);
}

std::vector<Cell> table_cells(const view::TableLine& table, const view::RunView& view,
                              const Look& look) {
  std::vector<Cell> cells{"  " + table.key};
  const auto* progress = view::progress_of(table, view.progress);
  if (table.outcome == view::Outcome::running) {
    const auto& step = table.steps.back();
    cells.emplace_back(progress && !progress->phase.empty() ? progress->phase : step_name(step),
                       Tone::busy);
    add_progress(cells, table, progress, view, look);
    return cells;
  }
  cells.emplace_back(to_string(table.outcome), tone_of(table.outcome));
  const auto* failure = table.failure();
  std::string about;
  if (failure) about = failure->error;
  if (table.outcome == view::Outcome::retrying && table.steps.back().due)
    about = fmt::format("in {}: {}", duration_text(*table.steps.back().due - view.now), about);
  cells.emplace_back(about, Tone::bad);
  cells.emplace_back(table.rows() ? count_text(*table.rows()) + " rows" : "");
  const auto rate = table.rows_per_second();
  cells.emplace_back(rate ? rate_text(*rate) : "");
  cells.emplace_back(table.steps.empty() ? "" : duration_text(table.duration(view.now)));
  return cells;
}

// Smaller comes first.
int urgency(const view::TableLine& table) {
  switch (table.outcome) {
    case view::Outcome::running:
      return 0;
    case view::Outcome::retrying:
      return 1;
    case view::Outcome::failed:
    case view::Outcome::aborted:
      return 2;
    case view::Outcome::waiting:
      return 4;
    default:
      return 3;
  }
}

std::vector<const view::TableLine*> chosen(const view::RunView& view, std::size_t room) {
  std::vector<const view::TableLine*> tables;
  for (const auto& table : view.overview.tables) tables.push_back(&table);
  std::stable_sort(tables.begin(), tables.end(), [](const auto* a, const auto* b) {
    if (urgency(*a) != urgency(*b)) return urgency(*a) < urgency(*b);
    return urgency(*a) == 3 && a->last() > b->last();
  });
  if (tables.size() > room) tables.resize(room);
  return tables;
}

void add_lines(std::vector<std::string>& lines, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

// What keeps the run waiting.
void add_connections(std::vector<std::string>& lines, const view::RunView& view, const Look& look) {
  for (const auto& line : view.overview.connections)
    if (line.status == "down")
      lines.push_back(
          toned(fit(fmt::format("  {} is down: {}", line.name, line.reason), look.width), Tone::bad,
                look));
}

// The states at work, for runs and phases without tables.
void add_states(std::vector<std::string>& lines, const view::RunView& view, const Look& look) {
  for (const auto& line : view.overview.states) {
    if (line.running == 0 || line.depth > 0) continue;
    auto text = fmt::format("  {}: {}", line.name, to_string(line.outcome()));
    if (line.due) text += fmt::format(", {} left", duration_text(*line.due - view.now));
    if (line.failure && line.due) text += fmt::format(" ({})", line.failure->message);
    lines.push_back(toned(fit(text, look.width), Tone::busy, look));
  }
}

std::string overall(const view::RunView& view, std::size_t hidden, const Look& look) {
  const auto total = total_of(view);
  const auto elapsed = view.end() - view.row.made.started_at;
  auto text = fmt::format("  {} of {}", count_text(total.done),
                          plural(static_cast<std::int64_t>(view.overview.tables.size()), "table"));
  if (total.failed > 0) text += fmt::format(", {} failed", total.failed);
  text += fmt::format(", {} rows", count_text(total.rows));
  if (elapsed.count() > 0)
    text += fmt::format(", {}", rate_text(static_cast<double>(total.rows) * 1'000.0 /
                                          static_cast<double>(elapsed.count())));
  if (hidden > 0) text += fmt::format(" ({} more not shown)", hidden);
  return toned(fit(text, look.width), Tone::strong, look);
}

}  // namespace

std::vector<std::string> picture(const view::RunView& view, const Look& look, std::size_t height) {
  const auto& made = view.row.made;
  const auto elapsed = view.end() - made.started_at;
  std::vector<std::string> lines;
  const auto waiting = waiting_text(view);
  lines.push_back(toned(
      fit(fmt::format("{} {}: {} for {}", made.workflow, made.name,
                      waiting.empty() ? std::string(view::status_word(view.row, true)) : waiting,
                      duration_text(elapsed)),
          look.width),
      tone_of(view.row, true), look));
  add_states(lines, view, look);
  add_connections(lines, view, look);
  if (view.overview.tables.empty()) {
    if (lines.size() > height) lines.resize(height);
    return lines;
  }
  const auto used = lines.size() + 1;
  const auto tables = chosen(view, height > used ? height - used : 0);
  Grid grid({{"", false, true},
             {"", false, true},
             {"", false, true},
             {"", true},
             {"", true},
             {"", true}});
  for (const auto* table : tables) grid.add(table_cells(*table, view, look));
  std::vector<std::string> rows;
  add_lines(rows, grid.text(look));
  if (!rows.empty()) lines.insert(lines.end(), rows.begin() + 1, rows.end());  // without titles
  lines.push_back(overall(view, view.overview.tables.size() - tables.size(), look));
  return lines;
}

std::vector<std::string> Ticker::news(const view::RunView& view, const Look& look) {
  Lines lines;
  if (auto waiting = waiting_text(view); waiting != waiting_) {
    waiting_ = std::move(waiting);
    lines.push_back({view.now, waiting_.empty() ? "no longer waiting" : waiting_});
  }
  for (const auto& line : view.overview.states)
    if (line.depth == 0) state_news(line, view.now, lines);
  for (const auto& line : view.overview.connections) connection_news(line, view.now, lines);
  for (const auto& table : view.overview.tables) table_news(table, view.now, lines);
  std::ranges::stable_sort(lines, {}, &Line::at);
  std::vector<std::string> texts;
  for (const auto& line : lines)
    texts.push_back(fmt::format("{}  {}", instant_text(line.at, look.utc), line.text));
  return texts;
}

void Ticker::state_news(const view::StateLine& line, Instant now, Lines& lines) {
  auto& seen = states_[line.name];
  const auto outcome = line.outcome();
  // A loop that waits for a database would say the same for hours.
  if (line.entered > 0 && seen.entered == 0)
    lines.push_back({line.first, fmt::format("state {}", line.name)});
  const bool changed = outcome != seen.outcome || line.attempts != seen.attempts;
  if (changed && line.due && outcome == view::Outcome::retrying && line.failure)
    lines.push_back({line.last, fmt::format("state {}: again in {}: {}: {}", line.name,
                                            duration_text(*line.due - now), line.failure->error,
                                            line.failure->message)});
  if (outcome != seen.outcome &&
      (outcome == view::Outcome::failed || outcome == view::Outcome::caught) && line.failure)
    lines.push_back({line.last, fmt::format("state {}: {}: {}: {}", line.name, to_string(outcome),
                                            line.failure->error, line.failure->message)});
  seen = {outcome, line.attempts, line.entered};
}

void Ticker::connection_news(const view::ConnectionLine& line, Instant now, Lines& lines) {
  auto& seen = connections_[line.name];
  if (line.status == seen) return;
  const bool first = seen.empty();
  seen = line.status;
  if (first && line.status == "up") return;
  lines.push_back({now, fmt::format("connection {} is {}{}{}", line.name, line.status,
                                    line.reason.empty() ? "" : ": ", line.reason)});
}

void Ticker::table_news(const view::TableLine& table, Instant now, Lines& lines) {
  auto& seen = tables_[table.key];
  const bool changed = table.outcome != seen.outcome || table.attempts() != seen.attempts;
  seen.outcome = table.outcome;
  seen.attempts = table.attempts();
  if (!changed || table.steps.empty()) return;
  const auto& step = table.steps.back();
  if (table.outcome == view::Outcome::succeeded) {
    auto text = fmt::format("table {}: done in {}", table.key, duration_text(table.duration(now)));
    if (table.rows()) text += fmt::format(", {} rows", count_text(*table.rows()));
    if (const auto rate = table.rows_per_second()) text += ", " + rate_text(*rate);
    if (table.entry_changed()) text += ", by its changed catalog entry";
    lines.push_back({step.last, std::move(text)});
  } else if (const auto* failure = table.failure()) {
    const auto when = step.due && step.outcome == view::Outcome::retrying
                          ? fmt::format("again in {}", duration_text(*step.due - now))
                          : std::string("failed");
    lines.push_back({step.last, fmt::format("table {}: {} in {}: {}: {}", table.key, when,
                                            step.state, failure->error, failure->message)});
  }
}

}  // namespace orch::cli::render
