#include "orchestrator/base/lines_backward.h"

#include <algorithm>
#include <stdexcept>

namespace orch {
namespace {

constexpr std::uint64_t block = 64 << 10;

}  // namespace

LinesBackward::LinesBackward(const std::filesystem::path& path, std::optional<std::uint64_t> end) {
  file_.open(path, std::ios::binary);
  if (file_) {
    file_.exceptions(std::ios::badbit | std::ios::failbit);
    file_.seekg(0, std::ios::end);
    begin_ = static_cast<std::uint64_t>(file_.tellg());
  }
  const bool inside = !end || *end <= begin_;
  if (end && inside) begin_ = *end;
  while (buffer_.find('\n') == std::string::npos && read_more()) {
  }
  const auto last = buffer_.rfind('\n');
  const bool begins_a_line = buffer_.empty() || last == buffer_.size() - 1;
  if (end && (!inside || !begins_a_line))
    throw std::invalid_argument("no line begins at this byte");
  buffer_.resize(last == std::string::npos ? 0 : last + 1);
}

bool LinesBackward::read_more() {
  const auto wanted = std::min(begin_, block);
  if (wanted == 0) return false;
  std::string more(wanted, '\0');
  file_.seekg(static_cast<std::streamoff>(begin_ - wanted));
  file_.read(more.data(), static_cast<std::streamsize>(wanted));
  buffer_.insert(0, more);
  begin_ -= wanted;
  return true;
}

std::optional<LinesBackward::Line> LinesBackward::next() {
  const auto before = [this] {
    return buffer_.size() < 2 ? std::string::npos : buffer_.rfind('\n', buffer_.size() - 2);
  };
  auto found = before();
  while (found == std::string::npos && read_more()) found = before();
  if (buffer_.empty()) return std::nullopt;
  const auto from = found == std::string::npos ? 0 : found + 1;
  Line line{begin_ + from, buffer_.substr(from, buffer_.size() - from - 1)};
  buffer_.resize(from);
  return line;
}

}  // namespace orch
