#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::cli::render {
namespace {

// What the run says of itself: the member "summary" of its output.
std::string summary_of(const store::ExecutionRow& row) {
  if (!row.output) return {};
  return json::text_member(json::parse(*row.output), "summary");
}

// A word of --only in a sentence: "timed out".
std::string said(std::string word) {
  std::ranges::replace(word, '_', ' ');
  return word;
}

std::vector<std::string> changed_entries(const view::RunView& view) {
  std::vector<std::string> keys;
  for (const auto& table : view.overview.tables)
    if (table.entry_changed()) keys.push_back(one_line(table.key));
  return keys;
}

}  // namespace

std::string end_page(const view::RunView& view, const Look& look) {
  const auto& row = view.row;
  std::int64_t rows = 0;
  std::int64_t done = 0;
  for (const auto& table : view.overview.tables) {
    if (table.outcome != view::Outcome::succeeded) continue;
    rows += table.rows().value_or(0);
    ++done;
  }
  auto outcome = fmt::format("{} {} {} after {}", one_line(row.made.workflow),
                             one_line(row.made.name), said(view::status_word(row, true)),
                             duration_text(view.end() - row.made.started_at));
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

}  // namespace orch::cli::render
