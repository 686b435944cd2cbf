// Where the parts of a JSON text stand: for messages that point at a line.
#pragma once

#include <string>
#include <string_view>

namespace orch::json {

struct Location {
  int line = 1;    ///< from 1
  int column = 1;  ///< from 1, in bytes
};

/// The place of the value (for an object's member: of its name) that `pointer` (RFC 6901) names in
/// `text`, or of its nearest ancestor that exists. `text` must be valid JSON. Takes time linear in
/// the text before the place.
Location locate(std::string_view text, std::string_view pointer);

/// Line and column of a byte offset.
Location location_of(std::string_view text, std::size_t offset);

/// `token` as a reference token: "~" and "/" escaped.
std::string pointer_token(std::string_view token);

}  // namespace orch::json
