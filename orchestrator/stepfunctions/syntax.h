// What is wrong with a JSON text, in the words of the parser that the service uses.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orch::stepfunctions {

struct SyntaxFault {
  std::string message;     ///< "Unrecognized token 'not': was expecting (…)"
  std::size_t offset = 0;  ///< in bytes, behind what does not fit

  /// With the place, as definitions are refused: `…\n at [Source: (String)"…"; line: 1, column:
  /// 4]`.
  std::string with_source(std::string_view text) const;
};

/// Empty when `text` is one JSON value.
std::optional<SyntaxFault> explain_syntax(std::string_view text);

}  // namespace orch::stepfunctions
