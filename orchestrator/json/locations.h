// Where the parts of a JSON text stand: for messages that point at a line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orch::json {

struct Location {
  int line = 1;    ///< from 1
  int column = 1;  ///< from 1, in bytes
};

/// The places of the values (for an object's member: of its name) that `pointers` (RFC 6901) name
/// in `text`, or of their nearest ancestors that exist; in the order of the pointers. `text` must
/// be valid JSON. One pass over the text, however many pointers there are.
std::vector<Location> locate(std::string_view text, std::span<const std::string> pointers);

/// Line and column of a byte offset.
Location location_of(std::string_view text, std::size_t offset);

/// `token` as a reference token: "~" and "/" escaped.
std::string pointer_token(std::string_view token);

}  // namespace orch::json
