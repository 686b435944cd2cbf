#include "orchestrator/cli/render/grid.h"

#include <algorithm>
#include <string_view>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_column = 8;

const char* escape_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\033[32m";
    case Tone::bad:
      return "\033[31m";
    case Tone::busy:
      return "\033[36m";
    case Tone::faint:
      return "\033[2m";
    case Tone::strong:
      return "\033[1m";
    case Tone::plain:
      break;
  }
  return "";
}

constexpr const char* tone_end = "\033[0m";

// Of an escape sequence of toned() at the front of `text`; 0: there is none.
std::size_t tone_length(std::string_view text) {
  for (const std::string_view known :
       {std::string_view(tone_end), std::string_view(escape_of(Tone::good)),
        std::string_view(escape_of(Tone::bad)), std::string_view(escape_of(Tone::busy)),
        std::string_view(escape_of(Tone::faint)), std::string_view(escape_of(Tone::strong))})
    if (text.starts_with(known)) return known.size();
  return 0;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto used = display_width(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::string Grid::inked(const std::string& ink, const Cell& cell, const Look& look) {
  if (cell.ending == 0 || cell.ending > ink.size()) return toned(ink, cell.tone, look);
  const auto at = ink.size() - cell.ending;
  return toned(ink.substr(0, at), Tone::faint, look) + toned(ink.substr(at), Tone::strong, look);
}

std::string toned(const std::string& text, Tone tone, const Look& look) {
  if (!look.color || tone == Tone::plain || text.empty()) return text;
  return escape_of(tone) + text + tone_end;
}

std::string screen_text(std::string_view page) {
  std::string out;
  std::size_t begin = 0;
  for (auto at = page.find('\033'); at != page.npos; at = page.find('\033', at + 1)) {
    const auto length = tone_length(page.substr(at));
    if (length == 0) continue;
    out += printable(page.substr(begin, at - begin));
    out += page.substr(at, length);
    begin = at + length;
  }
  return out + printable(page.substr(begin));
}

std::vector<std::size_t> Grid::widths(const Look& look) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  std::size_t total = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_)
      widths[i] = std::max(widths[i], display_width(one_line(row[i].text)));
    if (widths[i] == 0) continue;
    widths[i] = std::max(widths[i], display_width(columns_[i].title));
    total += widths[i] + (total > 0 ? gap : 0);
  }
  while (look.width > 0 && total > look.width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].gives && widths[i] > narrowest_column && (!widest || widths[i] > *widest))
        widest = &widths[i];
    }
    if (!widest) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Grid::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                       const Look& look) const {
  std::string out;
  std::string space;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    const auto fitted =
        columns_[i].keeps_end ? fit_end(cells[i].text, widths[i]) : fit(cells[i].text, widths[i]);
    const auto text = padded(fitted, widths[i], columns_[i].right);
    const auto end = text.find_last_not_of(' ');
    const auto ink = end == std::string::npos ? std::string() : text.substr(0, end + 1);
    if (!ink.empty()) out += space + inked(ink, cells[i], look);
    // Trailing spaces are held back until another cell follows.
    if (ink.empty()) {
      space += text;
    } else {
      space = text.substr(ink.size());
    }
    space.append(gap, ' ');
  }
  return out + '\n';
}

std::string Grid::text(const Look& look) const {
  if (rows_.empty()) return {};
  const auto fitted = widths(look);
  std::vector<Cell> titles;
  for (const auto& column : columns_) titles.emplace_back(column.title, Tone::faint);
  auto out = line(titles, fitted, look);
  for (const auto& row : rows_) out += line(row, fitted, look);
  return out;
}

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  if (width == 0 || width <= indent + narrowest_column) return text;
  const auto limit = width - indent;
  std::string out;
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const auto columns = display_width(word);
    if (used > 0 && used + 1 + columns > limit) {
      out += '\n' + std::string(indent, ' ');
      used = 0;
    }
    if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += columns;
    at = end + 1;
  }
  return out;
}

}  // namespace orch::cli::render
