// Texts as Zstandard frames (RFC 8878).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orch::store {

/// `quick`: for texts that somebody waits for; a megabyte in 1 to 2 ms.
enum class Effort : std::uint8_t { quick, thorough };

/// One frame, with the size of the text in its header.
std::string pack(std::string_view text, Effort effort = Effort::thorough);

/// Throws std::runtime_error when `frame` is not what pack() makes.
std::string unpack(std::string_view frame);

}  // namespace orch::store
