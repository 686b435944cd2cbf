// The lines of a file, the last one first, without reading what comes before them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace orch {

class LinesBackward {
 public:
  struct Line {
    std::uint64_t at = 0;  ///< the byte at which it begins
    std::string text;      ///< without its end
  };

  /// The lines that end before the byte `end`, which begins a line; unset: all. What follows the
  /// last end of a line is left out. A file that is not there has no lines. Throws
  /// std::invalid_argument when no line begins at `end`.
  explicit LinesBackward(const std::filesystem::path& path,
                         std::optional<std::uint64_t> end = std::nullopt);

  /// Unset: there are no more. Throws std::ios_base::failure.
  std::optional<Line> next();

 private:
  /// Puts the bytes before the buffer in front of it; false: there are none.
  bool read_more();

  std::ifstream file_;
  std::uint64_t begin_ = 0;  ///< of the buffer, in the file
  std::string buffer_;       ///< whole lines at its end; the rest of one at its beginning
};

}  // namespace orch
