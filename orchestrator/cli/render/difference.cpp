#include "orchestrator/cli/render/difference.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

constexpr std::size_t around = 2;
// The table of common lines has the product of both: beyond it, the whole texts are shown.
constexpr std::size_t most_cells = 25'000'000;

struct Line {
  char mark;  ///< ' ', '-' or '+'
  std::string_view text;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The longest common subsequence, by its lengths for all pairs of ends.
std::vector<Line> edit(const std::vector<std::string_view>& before,
                       const std::vector<std::string_view>& after) {
  const auto rows = before.size(), columns = after.size();
  std::vector<Line> lines;
  std::size_t i = 0, j = 0;
  if (rows * columns <= most_cells) {
    std::vector<std::uint32_t> common((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
      return common[row * (columns + 1) + column];
    };
    for (auto row = rows; row-- > 0;)
      for (auto column = columns; column-- > 0;)
        at(row, column) = before[row] == after[column]
                              ? at(row + 1, column + 1) + 1
                              : std::max(at(row + 1, column), at(row, column + 1));
    while (i < rows && j < columns) {
      if (before[i] == after[j]) {
        lines.push_back({' ', before[i++]});
        ++j;
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        lines.push_back({'-', before[i++]});
      } else {
        lines.push_back({'+', after[j++]});
      }
    }
  }
  while (i < rows) lines.push_back({'-', before[i++]});
  while (j < columns) lines.push_back({'+', after[j++]});
  return lines;
}

/// A line of its own, or one near a line that changed.
bool is_shown(const std::vector<Line>& lines, std::size_t at) {
  const auto first = at > around ? at - around : 0;
  const auto last = std::min(lines.size(), at + around + 1);
  return std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(first),
                     lines.begin() + static_cast<std::ptrdiff_t>(last),
                     [](const Line& line) { return line.mark != ' '; });
}

}  // namespace

std::string difference(std::string_view before, std::string_view after, const Look& look) {
  if (before == after) return {};
  const auto lines = edit(lines_of(before), lines_of(after));
  std::string out;
  bool skipped = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& [mark, text] = lines[i];
    if (!is_shown(lines, i)) {
      if (!skipped) out += toned("    …", Tone::faint, look) + '\n';
      skipped = true;
      continue;
    }
    skipped = false;
    auto line = std::string("  ") + mark + ' ' + one_line(text);
    if (mark != ' ') line = toned(line, mark == '+' ? Tone::good : Tone::bad, look);
    out += line + '\n';
  }
  return out;
}

}  // namespace orch::cli::render
