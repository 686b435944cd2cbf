// How the service compares and prints JSON values. It runs on Java, and that shows in three
// places: numbers in text, objects in text, and the order of strings.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::asl {

/// The characters of a string; `text` must be one.
inline std::string_view view(const boost::json::value& text) {
  return {text.get_string().data(), text.get_string().size()};
}

/// Exact whatever the representations: 1 equals 1.0, and 2^53 + 1 is above 2^53. Both must be
/// numbers.
std::partial_ordering compare_numbers(const boost::json::value& a, const boost::json::value& b);

/// The number that `text` spells, or nothing: what Java's BigDecimal accepts within 64 bits or a
/// double.
std::optional<boost::json::value> to_number(std::string_view text);

/// By UTF-16 code unit, as Java compares strings; differs from the order of bytes beyond the Basic
/// Multilingual Plane.
std::strong_ordering compare_text(std::string_view a, std::string_view b);

/// Deep equality in which 1 equals 1.0 and the order of keys does not matter.
bool equal(const boost::json::value& a, const boost::json::value& b);

/// Equal values have equal hashes.
std::size_t hash(const boost::json::value& value);

/// What Java's toString makes of a value: strings raw, `null`, `1.5`, `[a, b]`, `{Arg1=1,
/// Arg2=[]}`.
std::string java_text(const boost::json::value& value);

}  // namespace orch::asl
