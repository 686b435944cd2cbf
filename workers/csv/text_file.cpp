#include "workers/csv/text_file.h"

#include <algorithm>
#include <cerrno>
#include <iconv.h>
#include <strings.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/csv/failures.h"

namespace orch::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_utf8(const std::string& encoding) {
  return strcasecmp(encoding.c_str(), "UTF-8") == 0 || strcasecmp(encoding.c_str(), "UTF8") == 0;
}

iconv_t open_converter(const std::string& encoding, const std::string& file) {
  auto* converter = iconv_open("UTF-8", encoding.c_str());
  if (reinterpret_cast<std::intptr_t>(converter) != -1) return converter;
  throw workers::TaskFailed("Source.Unsupported",
                            fmt::format("{}: unknown encoding \"{}\"", file, encoding),
                            "`iconv -l` lists the names", "ORCH-0444", {{"file", file}});
}

constexpr std::size_t longest_mark = 4;  // of those that refuse_packed() knows

/// The text is inside, and what is outside may well pass for text in a single-byte encoding.
void refuse_packed(const std::string& file, std::string_view bytes) {
  const char* found = bytes.starts_with("\x1f\x8b")     ? "a gzip file"
                      : bytes.starts_with("PK\x03\x04") ? "a ZIP file (as .xlsx and .ods are)"
                                                        : nullptr;
  if (found)
    throw malformed(file, 1, found, "text", "unpack it, or save it as CSV, under another name");
}

}  // namespace

TextFile::TextFile(std::string name, files::ReadBlock more, std::string encoding)
    : name_(std::move(name)), encoding_(std::move(encoding)), more_(std::move(more)) {
  if (!is_utf8(encoding_)) converter_ = open_converter(encoding_, name_);
}

TextFile::~TextFile() {
  if (converter_) iconv_close(converter_);
}

bool TextFile::read(std::string& out) {
  const auto before = out.size();
  while (out.size() == before) {
    if (!fill()) return false;
    if (converter_)
      convert(out);
    else
      check_utf8(out);
    // One mark, however small the blocks are: a second one is text.
    if (out.size() > before && std::exchange(at_start_, false) &&
        out.compare(before, byte_order_mark.size(), byte_order_mark) == 0)
      out.erase(before, byte_order_mark.size());
  }
  lines_ += std::count(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), '\n');
  return true;
}

/// Reads more behind what is left in raw_; false when nothing is left and nothing comes.
bool TextFile::fill() {
  const bool first = offset_ == 0 && raw_.empty();
  if (!at_end_) at_end_ = !more_(raw_);
  if (first) {
    while (!at_end_ && raw_.size() < longest_mark) at_end_ = !more_(raw_);
    refuse_packed(name_, raw_);
  }
  return !raw_.empty();
}

void TextFile::check_utf8(std::string& out) {
  const auto good = valid_prefix(raw_);
  const auto rest = std::string_view(raw_).substr(good);
  if (!rest.empty() && (at_end_ || !cut_short(rest)))
    refuse(std::string_view(raw_).substr(0, good), offset_ + static_cast<std::int64_t>(good), rest);
  out.append(raw_, 0, good);
  raw_.erase(0, good);
  offset_ += static_cast<std::int64_t>(good);
}

void TextFile::convert(std::string& out) {
  const auto before = out.size();
  out.resize(before + 4 * raw_.size() + 16);
  auto* from = raw_.data();
  auto left = raw_.size();
  auto* to = out.data() + before;
  auto room = out.size() - before;
  const auto result = iconv(converter_, &from, &left, &to, &room);
  const auto error = result == static_cast<std::size_t>(-1) ? errno : 0;
  out.resize(out.size() - room);
  const auto used = raw_.size() - left;
  offset_ += static_cast<std::int64_t>(used);
  raw_.erase(0, used);
  // EINVAL: a character cut by the end of the block, which the next block completes.
  if (error == EILSEQ || (error == EINVAL && at_end_))
    refuse(std::string_view(out).substr(before), offset_, raw_);
}

void TextFile::refuse(std::string_view decoded, std::int64_t offset, std::string_view bytes) const {
  const auto line = lines_ + 1 + std::count(decoded.begin(), decoded.end(), '\n');
  throw not_text(name_, line, offset, bytes, encoding_);
}

}  // namespace orch::csv
