// Texts as Zstandard frames (RFC 8878).
#pragma once

#include <string>
#include <string_view>

namespace orch::store {

/// One frame, with the size of the text in its header.
std::string pack(std::string_view text);

/// Throws std::runtime_error when `frame` is not what pack() makes.
std::string unpack(std::string_view frame);

}  // namespace orch::store
