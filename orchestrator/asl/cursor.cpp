#include "orchestrator/asl/cursor.h"

#include <fmt/format.h>

#include "orchestrator/asl/path.h"

namespace orch::asl {
namespace {

constexpr std::size_t longest_excerpt = 200;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

void Cursor::fail(const std::string& expected) const {
  const auto found = at_end() ? std::string("the end") : fmt::format("'{}'", peek());
  throw SyntaxProblem(fmt::format("\"{}\" is not a valid {}: {} at character {}, found {}",
                                  excerpt(text_), kind_, expected, position_ + 1, found));
}

bool Cursor::take(char c) {
  if (at_end() || text_[position_] != c) return false;
  ++position_;
  return true;
}

bool Cursor::take(std::string_view word) {
  if (text_.substr(position_, word.size()) != word) return false;
  position_ += word.size();
  return true;
}

void Cursor::expect(char c) {
  if (!take(c)) fail(fmt::format("expected '{}'", c));
}

void Cursor::skip_blanks() {
  while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n')) ++position_;
}

std::string excerpt(std::string_view text) {
  if (text.size() <= longest_excerpt) return std::string(text);
  auto end = longest_excerpt;
  while (end > 0 && is_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace orch::asl
