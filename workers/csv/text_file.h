// A file in any encoding, read as UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workers/files/unpack.h"

namespace orch::csv {

/// Bytes in, valid UTF-8 out, block by block. A byte order mark at the start is left out. One
/// thread at a time.
class TextFile {
 public:
  /// Reads what `more` gives; `name` stands in messages. Throws TaskFailed "Source.Unsupported"
  /// (the encoding).
  TextFile(std::string name, files::ReadBlock more, std::string encoding);
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile();

  /// Appends the next block, 64 KiB or a little more, to `out`; false at the end of the file.
  /// Throws TaskFailed "Source.Malformed" with line and byte offset of what is not text.
  bool read(std::string& out);
  const std::string& name() const { return name_; }

 private:
  bool fill();
  void check_utf8(std::string& out);
  void convert(std::string& out);
  [[noreturn]] void refuse(std::string_view decoded, std::int64_t offset,
                           std::string_view bytes) const;

  std::string name_;
  std::string encoding_;
  files::ReadBlock more_;
  void* converter_ = nullptr;  ///< iconv_t; null for UTF-8
  std::string raw_;            ///< read, not yet handed out
  std::int64_t offset_ = 0;    ///< of raw_ in the file
  std::int64_t lines_ = 0;     ///< line feeds handed out
  bool at_start_ = true;
  bool at_end_ = false;
};

}  // namespace orch::csv
