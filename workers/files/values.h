// Values of files as the catalog pins them: texts become cells of a column's kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/base/ascii.h"
#include "workers/data/cell.h"
#include "workers/data/file_options.h"

namespace orch::files {

/// Why no date or timestamp can be spelled so; empty for one that can: YYYY, MM, DD and, for a
/// timestamp, HH, MI, SS once each, with anything but letters and digits between them.
std::string pattern_problem(std::string_view pattern, bool with_time);

/// Reads texts of one column. One thread at a time.
class ValueReader {
 public:
  ValueReader(data::Kind kind, const data::FileFormat& format);

  data::Kind kind() const { return kind_; }
  /// The value as a cell; unset when the text is none of the kind. Its bytes are the text's, or
  /// live until the next call.
  std::optional<data::Cell> read(std::string_view text);

 private:
  /// Respells what the format says in the way that all else understands; false: it is no such
  /// value.
  bool respell_number(std::string_view& text);
  bool respell_time(std::string_view& text, const std::string& pattern);

  data::Kind kind_;
  data::FileFormat format_;
  std::string plain_;
  std::string scratch_;
};

}  // namespace orch::files
