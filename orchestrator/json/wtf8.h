// JSON whose strings are JavaScript's: sequences of UTF-16 units, which may be surrogates without
// their partner. In a value such a unit is three bytes (WTF-8).
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::json {

/// Like parse() (text.h), but an escape may be a surrogate alone.
boost::json::value parse_wtf8(std::string_view text);

/// Like write() (text.h); a surrogate alone becomes the escape that it must be.
std::string write_wtf8(const boost::json::value& value);

}  // namespace orch::json
