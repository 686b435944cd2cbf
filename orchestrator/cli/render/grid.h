// Aligned tables for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orch::cli::render {

/// How output may look where it goes.
struct Look {
  bool color = false;
  bool utf8 = true;         ///< bars and lines; else plain characters
  std::size_t width = 100;  ///< columns of the terminal; 0: no limit
  bool utc = false;         ///< times in UTC, not in the user's zone
};

enum class Tone { plain, good, bad, busy, faint, strong };

/// `text` in the colour of `tone`, when the look has colours.
std::string toned(const std::string& text, Tone tone, const Look& look);

/// `page` as it may be written to a terminal: printable(), but for the escape sequences of toned().
std::string screen_text(std::string_view page);

struct Cell {
  // Cells are written as texts.
  // NOLINTBEGIN(google-explicit-constructor)
  Cell(std::string the_text = {}, Tone the_tone = Tone::plain)
      : text(std::move(the_text)), tone(the_tone) {}
  Cell(const char* the_text) : text(the_text) {}
  // NOLINTEND(google-explicit-constructor)

  std::string text;
  Tone tone = Tone::plain;
  /// So many characters at the end, all ASCII, are strong and the others faint. For columns that
  /// keep their end.
  std::size_t ending = 0;
};

struct Column {
  std::string title;
  bool right = false;      ///< numbers
  bool gives = false;      ///< may be cut when the table is wider than the terminal
  bool keeps_end = false;  ///< what is cut is in front
};

/// Rows under titles, two spaces between columns. Columns whose cells are all empty are left out.
class Grid {
 public:
  explicit Grid(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as columns.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// The table with a line break after each line, no line wider than the look allows as far as
  /// giving columns go.
  std::string text(const Look& look) const;

 private:
  static std::string inked(const std::string& ink, const Cell& cell, const Look& look);
  std::vector<std::size_t> widths(const Look& look) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   const Look& look) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Breaks `text` at spaces into lines of at most `width` columns, each indented by `indent` but the
/// first. Width 0: one line.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace orch::cli::render
