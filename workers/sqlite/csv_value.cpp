#include "workers/sqlite/csv_value.h"

#include <charconv>
#include <strings.h>

#include "workers/sqlite/number_text.h"

namespace orch::sqlite {
namespace {

using data::Cell;
using data::Kind;
using Type = data::Cell::Type;

std::optional<Cell> as_is(std::string_view text) { return Cell{Type::text, 0, 0, text}; }

std::optional<Cell> integer_of(std::string_view text) {
  const auto value = exact_integer(text);
  return value ? std::optional(Cell{Type::integer, *value, 0, {}}) : std::nullopt;
}

std::optional<Cell> boolean_of(std::string_view text) {
  const auto is = [&](std::string_view word) {
    return text.size() == word.size() && strncasecmp(text.data(), word.data(), word.size()) == 0;
  };
  for (const auto* word : {"true", "t", "yes", "1"})
    if (is(word)) return Cell{Type::integer, 1, 0, {}};
  for (const auto* word : {"false", "f", "no", "0"})
    if (is(word)) return Cell{Type::integer, 0, 0, {}};
  return std::nullopt;
}

std::optional<Cell> real_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return Cell{Type::real, 0, value, {}};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Cell> bytes_of(std::string_view text, std::string& scratch) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
  scratch.clear();
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    scratch += static_cast<char>(high << 4 | low);
  }
  return Cell{Type::blob, 0, 0, scratch};
}

/// True when `text` starts with `pattern`, in which 0 stands for a digit; removes it.
bool take(std::string_view& text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
  }
  text.remove_prefix(pattern.size());
  return true;
}

bool take_time(std::string_view& text) {
  if (!take(text, "00:00")) return false;
  if (take(text, ":00") && take(text, ".0"))
    while (take(text, "0")) {
    }
  return true;
}

/// A time zone: Z, +00, +00:00, +0000.
void take_zone(std::string_view& text) {
  if (take(text, "Z")) return;
  if (!take(text, "+00") && !take(text, "-00")) return;
  if (!take(text, ":00")) take(text, "00");
}

std::optional<Cell> instant_of(std::string_view text, Kind kind) {
  auto rest = text;
  bool right = kind == Kind::time || take(rest, "0000-00-00");
  if (kind == Kind::time)
    right = take_time(rest);
  else if (kind != Kind::date && (take(rest, " ") || take(rest, "T")))
    right = right && take_time(rest);
  if (kind == Kind::timestamptz) take_zone(rest);
  return right && rest.empty() ? as_is(text) : std::nullopt;
}

}  // namespace

std::optional<Cell> csv_value(std::string_view text, Kind kind, std::string& scratch) {
  switch (kind) {
    case Kind::boolean:
      return boolean_of(text);
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return integer_of(text);
    case Kind::float32:
    case Kind::float64:
      return real_of(text);
    case Kind::numeric:
      return looks_numeric(text) ? as_is(text) : std::nullopt;
    case Kind::bytes:
      return bytes_of(text, scratch);
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamptz:
      return instant_of(text, kind);
    default:
      return as_is(text);
  }
}

}  // namespace orch::sqlite
