// Splits a CSV file into records (RFC 4180).
//
//   file   = record *(eol record) [eol]        eol = LF | CR LF
//   record = field *(delimiter field)
//   field  = *plain | quote *(any | quote quote) quote
//   plain  = anything but delimiter, quote, CR, LF
//
// What does not fit is refused with its line; blank lines are accepted only where one column makes
// them a record, and at the end of the file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/csv/csv.h"
#include "workers/csv/text_file.h"

namespace orch::csv {

/// A field of a record, unquoted; `text` is valid until the next record.
struct Field {
  std::string_view text;
  bool quoted = false;
};

/// Reads one file from its beginning. One thread at a time. Throws TaskFailed "Source.Malformed".
class RecordParser {
 public:
  /// Reads what `more` gives; `name` stands in messages.
  RecordParser(std::string name, files::ReadBlock more, const Options& options);

  /// Goes to the next record; false at the end of the file.
  bool next();
  std::span<const Field> fields() const { return fields_; }
  /// Where the record starts, from 1.
  std::int64_t line() const { return record_line_; }
  /// True when the record is a blank line.
  bool blank() const {
    return fields_.size() == 1 && !fields_[0].quoted && fields_[0].text.empty();
  }
  const std::string& file() const { return input_.name(); }

 private:
  /// A field as a range of the record, whose bytes may still move.
  struct Range {
    std::size_t begin;
    std::size_t end;
    bool quoted;
  };
  enum class After : std::uint8_t { field, record };

  void mark_special();
  After plain_field();
  After quoted_field();
  After after_quoted(std::size_t begin, std::size_t end);
  bool line_end();
  bool available();
  bool fill();
  char current() const { return buffer_[base_ + at_]; }
  std::string_view from(std::size_t offset) const {
    return std::string_view(buffer_).substr(base_ + offset);
  }
  std::string name_byte(char byte) const;

  Options options_;
  TextFile input_;
  std::string buffer_;
  std::size_t base_ = 0;  ///< of the record in buffer_
  std::size_t at_ = 0;    ///< the next byte, from base_
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
  std::vector<Range> ranges_;
  std::vector<Field> fields_;
  bool special_[256] = {};  ///< bytes that end a plain run
};

}  // namespace orch::csv
