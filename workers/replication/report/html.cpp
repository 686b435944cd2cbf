#include "workers/replication/report/html.h"

#include <span>

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/embedded.h"
#include "orchestrator/base/utf8.h"

namespace orch::replication {

std::span<const EmbeddedFile> report_files();  // generated

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Text of others keeps its writing direction to itself.
std::string isolated(std::string_view text) { return "<bdi>" + escaped(text) + "</bdi>"; }

void fact(std::string& out, const char* name, const std::string& value, const char* kind = "") {
  if (!value.empty())
    out += fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", name,
                       *kind ? fmt::format(" class=\"{}\"", kind) : "", value);
}

std::string check_rows(const TableReport& table) {
  std::string out = "<ul class=\"checks\">\n";
  for (const auto& check : table.checks) {
    out += fmt::format("<li class=\"{}\"><span class=\"mark\">{}</span> {}",
                       check.passed ? "good" : "bad", check.passed ? "passed" : "failed",
                       isolated(check.name));
    if (!check.found.empty()) out += fmt::format("; found {}", isolated(check.found));
    if (!check.expected.empty()) out += fmt::format(", expected {}", isolated(check.expected));
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string if_any(const std::string& text) { return text.empty() ? "" : isolated(text); }

void add_failure(std::string& out, const TableReport& table) {
  out += fmt::format("<article>\n<h3>{}</h3>\n<p class=\"message\">{}</p>\n", isolated(table.key),
                     isolated(table.message));
  out += "<dl>\n";
  fact(out, "Readers see now", if_any(table.readers_see), "main");
  fact(out, "What to do", if_any(table.hint));
  fact(out, "Source", if_any(table.source));
  fact(out, "Target", if_any(table.target));
  auto error = fmt::format("<code>{}</code>", escaped(table.error));
  if (!table.code.empty())
    error += fmt::format(", explained by <code>orch explain {}</code>", escaped(table.code));
  fact(out, "Error", error);
  out += "</dl>\n";
  if (!table.checks.empty()) out += check_rows(table);
  out += "</article>\n";
}

std::string checks_cell(const TableReport& table) {
  if (table.checks.empty()) return "<span class=\"faint\">none</span>";
  std::size_t failed = 0;
  for (const auto& check : table.checks) failed += check.passed ? 0 : 1;
  const auto words = failed == 0 ? fmt::format("{} passed", table.checks.size())
                                 : fmt::format("{} of {} failed", failed, table.checks.size());
  return fmt::format("<details><summary>{}</summary>\n{}</details>", words, check_rows(table));
}

std::string verdict_cell(const TableReport& table) {
  const bool bad = table.failed || table.verdict == "different";
  auto cell = fmt::format("<span class=\"badge {}\">{}</span>", bad ? "bad" : "good",
                          escaped(table.verdict));
  if (!table.deletes_followed) cell += "<small>deletes are not followed</small>";
  if (table.entry_changed) cell += "<small>with its changed catalog entry</small>";
  return cell;
}

void cell(std::string& out, const char* label, const std::string& value, const char* kind = "") {
  out += fmt::format("<td data-label=\"{}\"{}>{}</td>\n", label,
                     *kind ? fmt::format(" class=\"{}\"", kind) : "", value);
}

std::string small(const std::string& text) {
  return text.empty() ? "" : "<small>" + isolated(text) + "</small>";
}

// "2026-11-30 06:00:01 UTC (LSN 0/1A2B3C8)" with what is in brackets below.
std::string moment_cell(const std::string& text) {
  const auto bracket = text.find(" (");
  const auto moment = "<span class=\"moment\">" + escaped(text.substr(0, bracket)) + "</span>";
  if (bracket == std::string::npos) return text.empty() ? "" : moment;
  return moment + small(text.substr(bracket + 2, text.size() - bracket - 3));
}

std::string seconds(std::int64_t ms) {
  return fmt::format("{:.2f} s", static_cast<double>(ms) / 1000);
}

/// Where it went.
std::string time_details(const TableReport& table) {
  if (!table.spent) return {};
  const auto& spent = *table.spent;
  return small(fmt::format("staged {} (source {}, encoding {}, target {})", seconds(spent.stage),
                           seconds(spent.source), seconds(spent.encode), seconds(spent.target))) +
         small(fmt::format("read back {}, published {}", seconds(spent.verify),
                           seconds(spent.publish)));
}

void add_row(std::string& out, const TableReport& table) {
  out += "<tr>\n";
  out += fmt::format("<th scope=\"row\">{}{}{}</th>\n", isolated(table.key), small(table.source),
                     table.target.empty() ? "" : small("→ " + table.target));
  cell(out, "Result", verdict_cell(table));
  cell(out, "As of", moment_cell(table.as_of));
  cell(out, "Rows read", grouped(table.rows_read), "number");
  cell(out, "In target", table.failed ? "" : grouped(table.rows), "number");
  cell(out, "Checks", checks_cell(table));
  cell(out, "Strategy", escaped(table.strategy) + small(table.method));
  cell(out, "Time", seconds(table.milliseconds) + time_details(table), "number");
  out += "</tr>\n";
}

std::string style() {
  for (const auto& file : report_files())
    if (file.name == "style.css") return std::string(file.text);
  return {};
}

std::string head(const RunReport& report) {
  const bool good = report.failed().empty();
  auto out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{} – {}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header class=\"{}\">\n"
      "<p class=\"over\">Replication report of run {}</p>\n<h1>{}</h1>\n<dl>\n",
      escaped(report.headline()), escaped(report.name), style(), good ? "good" : "bad",
      isolated(report.name), escaped(report.headline()));
  fact(out, "Started", escaped(report.started));
  fact(out, "Report written", escaped(report.written));
  fact(out, "Rows read", grouped(report.rows_read()));
  fact(out, "Rows in the target", grouped(report.rows()));
  return out + "</dl>\n</header>\n<main>\n";
}

}  // namespace

std::string to_html(const RunReport& report) {
  auto out = head(report);
  if (!report.failed().empty()) {
    out += "<section>\n<h2>Failed</h2>\n";
    for (const auto& table : report.tables)
      if (table.failed) add_failure(out, table);
    out += "</section>\n";
  }
  if (!report.tables.empty()) {
    out +=
        "<section>\n<h2>Tables</h2>\n<table>\n<thead><tr><th>Table</th><th>Result</th>"
        "<th>As of</th><th class=\"number\">Rows read</th><th class=\"number\">In target</th>"
        "<th>Checks</th><th>Strategy</th><th class=\"number\">Time</th></tr></thead>\n<tbody>\n";
    for (const auto& table : report.tables) add_row(out, table);
    out += "</tbody>\n</table>\n</section>\n";
  }
  out += fmt::format(
      "</main>\n<footer>Run <code>{0}</code>. <code>orch status {0}</code> shows its states; the "
      "rows' digests are in report.json.</footer>\n</body>\n</html>\n",
      escaped(report.run));
  return out;
}

}  // namespace orch::replication
