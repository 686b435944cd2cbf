// UTF-8 as Java's String sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace orch::asl {

/// How many UTF-16 code units Java would count.
std::size_t utf16_length(std::string_view text);

/// The bytes of the first character of `text`, which must not be empty; 1 for a byte that starts
/// none.
std::size_t character_size(std::string_view text);

}  // namespace orch::asl
