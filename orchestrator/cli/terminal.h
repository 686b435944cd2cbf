// Where output goes: terminal or not, colours, width; and a part of it that is drawn again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "orchestrator/cli/render/grid.h"

namespace orch::cli {

/// One of the standard streams.
struct Stream {
  int file = 1;
  bool terminal = false;
  render::Look look;

  /// The terminal's present width; without one, the width of the look.
  std::size_t width() const;
  std::size_t height() const;
};

/// Looks at descriptor `file`. Colours: on a terminal unless NO_COLOR is set or TERM is "dumb".
/// Text that is not for a terminal is not cut: its width is 0.
Stream stream_of(int file);

/// Writes all of `text`. A reader that has gone away (EPIPE) ends the program quietly.
void write_all(int file, const std::string& text);

/// Lines at the bottom of a terminal that are drawn again and again.
class LiveArea {
 public:
  explicit LiveArea(const Stream& stream) : stream_(stream) {}
  /// Replaces what was drawn before.
  void draw(const std::vector<std::string>& lines);
  void clear() { draw({}); }

 private:
  const Stream& stream_;
  std::size_t drawn_ = 0;
};

}  // namespace orch::cli
