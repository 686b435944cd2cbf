#include "workers/jsonl/lines.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/files/failures.h"

namespace orch::jsonl {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Lines::Lines(std::string name, files::ReadBlock bytes)
    : name_(std::move(name)), more_(files::unpacked(std::move(bytes), name_)) {}

bool Lines::next() {
  while (take_line()) {
    if (line_ == 1 && text_.starts_with(byte_order_mark))
      text_.remove_prefix(byte_order_mark.size());
    if (text_.ends_with('\r')) text_.remove_suffix(1);
    if (text_.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    check_utf8();
    return true;
  }
  return false;
}

bool Lines::take_line() {
  for (;;) {
    const auto end = buffer_.find('\n', known_);
    known_ = std::min(end, buffer_.size());
    if (known_ - at_ > longest_line)
      throw files::malformed(name_, line_ + 1,
                             fmt::format("a line of more than {} MiB", longest_line >> 20),
                             "one object on each line");
    if (end == std::string::npos && fill()) continue;
    if (at_ == buffer_.size()) return false;
    text_ = std::string_view(buffer_).substr(at_, known_ - at_);
    at_ = known_ = std::min(known_ + 1, buffer_.size());
    ++line_;
    return true;
  }
}

/// Reads more behind what is left of the buffer; false at the end of the file.
bool Lines::fill() {
  if (at_end_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  known_ = buffer_.size();
  at_end_ = !more_(buffer_);
  return !at_end_;
}

void Lines::check_utf8() const {
  const auto good = valid_prefix(text_);
  if (good == text_.size()) return;
  throw files::malformed(
      name_, line_, fmt::format("bytes at column {} that are no UTF-8", good + 1), "JSON in UTF-8");
}

}  // namespace orch::jsonl
