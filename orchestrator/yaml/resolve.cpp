#include "orchestrator/yaml/resolve.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>

namespace orch::yaml {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t digits_at(std::string_view text, std::size_t from) {
  const auto end = text.find_first_not_of("0123456789", from);
  return (end == text.npos ? text.size() : end) - from;
}

/// 0o17 and 0xFF, which have no sign.
std::optional<std::string> based(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0 || text.size() == 2) return std::nullopt;
  const auto digits = text.substr(2);
  const auto allowed = base == 16 ? "0123456789abcdefABCDEF" : "01234567";
  if (digits.find_first_not_of(allowed) != digits.npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, value, base).ec != std::errc())
    throw std::domain_error(fmt::format("the number {} does not fit 64 bits", text));
  return std::to_string(value);
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
std::optional<std::string> decimal(std::string_view text) {
  std::string json(text.starts_with('-') ? "-" : "");
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const auto whole = digits_at(text, at);
  auto digits = whole == 0 ? std::string_view("0") : text.substr(at, whole);
  digits.remove_prefix(
      std::min(digits.find_first_not_of('0'), digits.size() - 1));  // JSON has none
  json += digits;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const auto fraction = digits_at(text, at + 1);
    if (whole == 0 && fraction == 0) return std::nullopt;
    json += '.';
    json += fraction == 0 ? "0" : text.substr(at + 1, fraction);
    at += 1 + fraction;
  } else if (whole == 0) {
    return std::nullopt;
  }
  if (at == text.size()) return json;
  if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
  const auto sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1U : 0U;
  const auto exponent = digits_at(text, at + 1 + sign);
  if (exponent == 0 || at + 1 + sign + exponent != text.size()) return std::nullopt;
  return json.append(text.substr(at));
}

}  // namespace

std::optional<std::string> resolve_plain(std::string_view scalar) {
  constexpr std::array<std::string_view, 5> nothing = {"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 3> yes = {"true", "True", "TRUE"};
  constexpr std::array<std::string_view, 3> no = {"false", "False", "FALSE"};
  constexpr std::array<std::string_view, 3> infinite = {".inf", ".Inf", ".INF"};
  constexpr std::array<std::string_view, 3> nan = {".nan", ".NaN", ".NAN"};
  if (is_one_of(scalar, nothing)) return "null";
  if (is_one_of(scalar, yes)) return "true";
  if (is_one_of(scalar, no)) return "false";
  const bool sign = scalar.starts_with('-') || scalar.starts_with('+');
  if (is_one_of(scalar.substr(sign ? 1 : 0), infinite) || is_one_of(scalar, nan))
    throw std::domain_error(fmt::format("JSON has no number {}", scalar));
  if (auto value = based(scalar)) return value;
  return decimal(scalar);
}

}  // namespace orch::yaml
