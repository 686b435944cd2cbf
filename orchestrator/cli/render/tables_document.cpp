#include "orchestrator/cli/render/tables_document.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

struct Line {
  const view::TableNow* table = nullptr;
  view::Verdict verdict;
};

// Words of a verdict in the order of who needs somebody, with sign and colour. Mail programs know
// no style sheets: each element has its own style.
struct Manner {
  std::string_view word;
  std::string_view sign;
  std::string_view color;
};
constexpr std::array manners = {
    Manner{"never", "&#9670;", "#b3261e"}, Manner{"old", "&#9650;", "#8a5300"},
    Manner{"loading", "&#9680;", "#0f62b4"}, Manner{"current", "&#10004;", "#08755a"}};

std::size_t rank_of(const view::Verdict& verdict) {
  const auto* found = std::ranges::find(manners, std::string_view(verdict.word), &Manner::word);
  return static_cast<std::size_t>(found - manners.begin()) % manners.size();
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string change_text(const view::TableNow& table) {
  if (!table.loaded || !table.before) return "";
  const auto change = table.loaded->load->rows - table.before->load->rows;
  if (change == 0) return "=";
  return change > 0 ? "+" + count_text(change) : count_text(change);
}

constexpr std::string_view cell =
    "<td style=\"padding:8px 12px;border-bottom:1px solid #dddeda;vertical-align:top{}\">{}</td>";

std::string row_of(const Line& line, Instant now, const Look& look) {
  const auto& manner = manners[rank_of(line.verdict)];
  const auto& load = line.table->loaded;
  const std::string_view right = ";text-align:right;white-space:nowrap";
  std::string out = "<tr>";
  out += fmt::format(cell, fmt::format(";color:{};white-space:nowrap", manner.color),
                     fmt::format("{} <b>{}</b>", manner.sign, escaped(line.table->latest.key)));
  out += fmt::format(cell, "", escaped(line.verdict.text));
  out += fmt::format(cell, ";white-space:nowrap",
                     load ? instant_text(load->load->moment(), look.utc) : "");
  out += fmt::format(cell, right, load ? duration_text(now - load->load->moment()) : "");
  out += fmt::format(cell, right, load ? count_text(load->load->rows) : "");
  out += fmt::format(cell, right, change_text(*line.table));
  return out + "</tr>\n";
}

std::string head_row() {
  std::string out = "<tr>";
  for (const auto* name : {"Table", "Verdict", "As of", "Age", "Rows", "Change"})
    out += fmt::format(
        "<th style=\"padding:8px 12px;border-bottom:2px solid #8b8f8d;text-align:left;"
        "color:#54595e\">{}</th>",
        name);
  return out + "</tr>\n";
}

}  // namespace

std::string tables_headline(std::span<const view::TableNow> tables, Instant now) {
  const auto right = std::ranges::count_if(
      tables, [&](const auto& table) { return view::verdict_of(table, now).word == "current"; });
  if (tables.empty()) return "no table has been loaded yet";
  if (right == 1 && tables.size() == 1) return "the table is right";
  if (right == std::ssize(tables)) return fmt::format("all {} are right", plural(right, "table"));
  return fmt::format("{} of {} are right", count_text(right), plural(std::ssize(tables), "table"));
}

std::string tables_document(std::span<const view::TableNow> tables, Instant now, const Look& look) {
  std::vector<Line> lines;
  for (const auto& table : tables) lines.push_back({&table, view::verdict_of(table, now)});
  std::ranges::stable_sort(lines, {}, [](const Line& line) { return rank_of(line.verdict); });
  const auto headline = tables_headline(tables, now);
  auto out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{0}</title></head>\n"
      "<body style=\"margin:0;padding:24px;background:#ffffff;color:#17191c;"
      "font:14px/1.5 system-ui,'Segoe UI',Arial,sans-serif\">\n"
      "<h1 style=\"font-size:22px;margin:0 0 4px\">{0}</h1>\n"
      "<p style=\"margin:0 0 16px;color:#54595e\">{1}</p>\n",
      headline, instant_text(now, look.utc));
  if (!lines.empty()) out += "<table style=\"border-collapse:collapse\">\n" + head_row();
  for (const auto& line : lines) out += row_of(line, now, look);
  if (!lines.empty()) out += "</table>\n";
  return out + "</body></html>\n";
}

}  // namespace orch::cli::render
