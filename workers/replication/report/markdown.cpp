#include "workers/replication/report/markdown.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/utf8.h"

namespace orch::replication {
namespace {

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c < 0; }

// Only where it would mean something: names with underscores stay readable as text.
std::string escaped(std::string_view foreign) {
  constexpr std::string_view special = "\\`*[]<>|~&";
  const auto text = one_line(foreign);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool inside =
        i > 0 && i + 1 < text.size() && in_word(text[i - 1]) && in_word(text[i + 1]);
    if (special.find(c) != special.npos || (c == '_' && !inside)) out += '\\';
    out += c;
  }
  return out;
}

// A value that is copied, with the longest run of backticks in it plus one around it.
std::string code(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  const auto clean = one_line(text);
  for (const char c : clean) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return clean.empty() ? std::string()
                       : fmt::format("{0}{2}{1}{2}{0}", fence, clean, longest > 0 ? " " : "");
}

std::string checks_cell(const TableReport& table) {
  if (table.checks.empty()) return "none";
  std::size_t failed = 0;
  for (const auto& check : table.checks) failed += check.passed ? 0 : 1;
  if (failed == 0) return fmt::format("{} passed", table.checks.size());
  return fmt::format("**{} of {} failed**", failed, table.checks.size());
}

std::string verdict_cell(const TableReport& table) {
  auto cell = table.failed ? "**failed**" : escaped(table.verdict);
  if (!table.deletes_followed) cell += "; deletes are not followed";
  if (table.entry_changed) cell += "; with its changed catalog entry";
  return cell;
}

void add_failure(std::string& out, const TableReport& table) {
  out += fmt::format("\n### {}\n\n", escaped(table.key));
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += fmt::format("- {}: {}\n", name, value);
  };
  line("error", escaped(table.error) +
                    (table.code.empty() ? "" : fmt::format(" (`orch explain {}`)", table.code)));
  line("what", escaped(table.message));
  line("hint", escaped(table.hint));
  line("source", escaped(table.source));
  line("target", escaped(table.target));
  line("readers see now", escaped(table.readers_see));
}

void add_checks(std::string& out, const TableReport& table) {
  for (const auto& check : table.checks) {
    out += fmt::format("- {}: {}: {}", escaped(table.key), escaped(check.name),
                       check.passed ? "passed" : "**failed**");
    if (!check.found.empty()) out += fmt::format(", found {}", escaped(check.found));
    if (!check.expected.empty()) out += fmt::format(", expected {}", escaped(check.expected));
    out += '\n';
  }
}

void add_tables(std::string& out, const RunReport& report) {
  out +=
      "\n## Tables\n\n"
      "| table | result | as of | rows read | rows in target | checks | strategy | published by "
      "| time | rows/s |\n"
      "|---|---|---|---:|---:|---|---|---|---:|---:|\n";
  for (const auto& table : report.tables)
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {:.2f} s | {} |\n",
                       escaped(table.key), verdict_cell(table), escaped(table.as_of),
                       grouped(table.rows_read), table.failed ? "" : grouped(table.rows),
                       checks_cell(table), escaped(table.strategy), escaped(table.method),
                       static_cast<double>(table.milliseconds) / 1000,
                       grouped(static_cast<std::int64_t>(table.rows_per_second)));
}

void add_times(std::string& out, const RunReport& report) {
  const auto told = [](const TableReport& table) { return table.spent.has_value(); };
  if (std::none_of(report.tables.begin(), report.tables.end(), told)) return;
  out +=
      "\n## Where the time went\n\nWhile a table is staged, its source, encoding and target work "
      "at "
      "the same time.\n\n| table | staged | source | encoding | target | read back, indexes | "
      "published |\n|---|---:|---:|---:|---:|---:|---:|\n";
  const auto seconds = [](std::int64_t ms) {
    return fmt::format("{:.2f} s", static_cast<double>(ms) / 1000);
  };
  for (const auto& table : report.tables) {
    if (!table.spent) continue;
    const auto& spent = *table.spent;
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", escaped(table.key),
                       seconds(spent.stage), seconds(spent.source), seconds(spent.encode),
                       seconds(spent.target), seconds(spent.verify), seconds(spent.publish));
  }
}

void add_ends(std::string& out, const RunReport& report) {
  out +=
      "\n## Sources and targets\n\n| table | source | target | digest of the rows read |\n"
      "|---|---|---|---|\n";
  for (const auto& table : report.tables)
    out += fmt::format("| {} | {} | {} | {} |\n", escaped(table.key), escaped(table.source),
                       escaped(table.target), code(table.digest));
}

}  // namespace

std::string to_markdown(const RunReport& report) {
  auto out = fmt::format("# {}\n\nReplication report of run {} (`{}`)", escaped(report.headline()),
                         escaped(report.name), report.run);
  if (!report.started.empty()) out += fmt::format(", started {}", report.started);
  out += fmt::format(", written {}.\n\n{}\n", report.written, escaped(report.summary()));
  bool first = true;
  for (const auto& table : report.tables) {
    if (!table.failed) continue;
    if (std::exchange(first, false)) out += "\n## Failed\n";
    add_failure(out, table);
  }
  if (report.tables.empty()) return out;
  add_tables(out, report);
  std::string checks;
  for (const auto& table : report.tables) add_checks(checks, table);
  if (!checks.empty()) out += "\n## Checks\n\n" + checks;
  add_times(out, report);
  add_ends(out, report);
  return out;
}

}  // namespace orch::replication
