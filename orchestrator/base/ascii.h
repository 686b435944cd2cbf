// Questions about characters whose answer does not depend on the locale.
#pragma once

#include <string_view>

namespace orch {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `text` without the `blanks` at its ends; a part of `text`.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace orch
