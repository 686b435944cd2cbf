// The lines of a file, packed or not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workers/files/unpack.h"

namespace orch::jsonl {

inline constexpr std::size_t longest_line = std::size_t{16} << 20;  // bytes

/// Reads one file from its beginning. Blank lines and a byte order mark are left out. One thread at
/// a time. Throws TaskFailed "Source.Failed", and "Source.Malformed" for what is not UTF-8, longer
/// than `longest_line` or packed and cut short.
class Lines {
 public:
  /// Reads what `bytes` gives, packed or not; `name` stands in messages.
  Lines(std::string name, files::ReadBlock bytes);

  /// Goes to the next line; false at the end of the file.
  bool next();
  /// Valid until next().
  std::string_view text() const { return text_; }
  /// From 1.
  std::int64_t line() const { return line_; }
  const std::string& file() const { return name_; }

 private:
  bool take_line();
  bool fill();
  void check_utf8() const;

  std::string name_;
  files::ReadBlock more_;
  std::string buffer_;
  std::size_t at_ = 0;     ///< of the next line in buffer_
  std::size_t known_ = 0;  ///< up to here the buffer has no more line feed
  std::string_view text_;
  std::int64_t line_ = 0;
  bool at_end_ = false;
};

}  // namespace orch::jsonl
