// How a JSON text says that it is a JSONata expression: "{% … %}".
#pragma once

#include <optional>
#include <string_view>

namespace orch::json {

/// What is between the marks, with its outer blanks; nothing for a text without both of them, which
/// is a literal ("{%}" is one: its marks would share the percent sign).
constexpr std::optional<std::string_view> marked_expression(std::string_view text) {
  constexpr std::string_view opening = "{%";
  constexpr std::string_view closing = "%}";
  if (text.size() < opening.size() + closing.size() || !text.starts_with(opening) ||
      !text.ends_with(closing))
    return std::nullopt;
  return text.substr(opening.size(), text.size() - opening.size() - closing.size());
}

}  // namespace orch::json
