#include "workers/csv/record_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "workers/csv/failures.h"

namespace orch::csv {

RecordParser::RecordParser(std::string name, files::ReadBlock more, const Options& options)
    : options_(options), input_(std::move(name), std::move(more), options.encoding) {
  mark_special();
}

void RecordParser::mark_special() {
  for (const char byte : {options_.delimiter, options_.quote, '\r', '\n'})
    special_[static_cast<unsigned char>(byte)] = true;
}

bool RecordParser::next() {
  base_ += at_;
  at_ = 0;
  ranges_.clear();
  record_line_ = line_;
  if (!available()) return false;
  auto after = After::field;
  while (after == After::field) {
    const bool quoted = available() && current() == options_.quote;
    after = quoted ? quoted_field() : plain_field();
  }
  fields_.clear();
  for (const auto& range : ranges_)
    fields_.push_back({from(range.begin).substr(0, range.end - range.begin), range.quoted});
  return true;
}

RecordParser::After RecordParser::plain_field() {
  const auto begin = at_;
  while (available()) {
    const auto* bytes = buffer_.data() + base_;
    const auto size = buffer_.size() - base_;
    while (at_ < size && !special_[static_cast<unsigned char>(bytes[at_])]) ++at_;
    if (at_ == size) continue;
    ranges_.push_back({begin, at_, false});
    if (line_end()) return After::record;
    if (current() == options_.delimiter) return ++at_, After::field;
    throw malformed(file(), line_, name_byte(current()) + " inside a field without quotes",
                    "a quoted field", "quote the whole field and double the quotes inside it");
  }
  ranges_.push_back({begin, at_, false});
  return After::record;
}

RecordParser::After RecordParser::quoted_field() {
  const auto begin = ++at_;
  const auto first_line = line_;
  auto end = begin;  // unquoted so far: [begin, end); doubled quotes close up in place
  while (available()) {
    auto* bytes = buffer_.data() + base_;
    const auto size = buffer_.size() - base_;
    const auto* quote = std::memchr(bytes + at_, options_.quote, size - at_);
    const auto run = quote ? static_cast<std::size_t>(static_cast<const char*>(quote) - bytes) - at_
                           : size - at_;
    line_ += std::count(bytes + at_, bytes + at_ + run, '\n');
    if (end != at_) std::memmove(bytes + end, bytes + at_, run);
    end += run;
    at_ += run;
    if (!quote) continue;
    ++at_;
    if (!available() || current() != options_.quote) return after_quoted(begin, end);
    buffer_[base_ + end++] = options_.quote;
    ++at_;
  }
  throw malformed(file(), first_line, "a quoted field that never ends", "a closing quote");
}

RecordParser::After RecordParser::after_quoted(std::size_t begin, std::size_t end) {
  ranges_.push_back({begin, end, true});
  if (!available() || line_end()) return After::record;
  if (current() == options_.delimiter) return ++at_, After::field;
  throw malformed(file(), line_, name_byte(current()) + " after a closing quote",
                  "the delimiter or the end of the line", "double the quotes inside quoted fields");
}

/// Passes the end of a line if it stands here.
bool RecordParser::line_end() {
  if (current() == '\r') {
    ++at_;
    if (!available() || current() != '\n')
      throw malformed(file(), line_, "a carriage return without a line feed", "LF or CR LF");
  } else if (current() != '\n') {
    return false;
  }
  ++at_;
  ++line_;
  return true;
}

/// Makes the next byte current; false at the end of the file.
bool RecordParser::available() { return base_ + at_ < buffer_.size() || fill(); }

bool RecordParser::fill() {
  buffer_.erase(0, base_);
  base_ = 0;
  if (buffer_.size() > options_.max_record_bytes)
    throw malformed(file(), record_line_, fmt::format("a record above {} bytes", buffer_.size()),
                    fmt::format("at most {}", options_.max_record_bytes),
                    "look for a quote that is never closed");
  return input_.read(buffer_);
}

std::string RecordParser::name_byte(char byte) const {
  const auto code = static_cast<unsigned char>(byte);
  if (byte == options_.quote) return "a quote";
  return code > 0x20 && code < 0x7f ? fmt::format("'{}'", byte)
                                    : fmt::format("the byte {:02x}", code);
}

}  // namespace orch::csv
