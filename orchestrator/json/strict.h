// JSON that a person has written, a definition or a catalog: what may be a mistake is one.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

namespace orch::json {

/// Like parse() (text.h), but SyntaxError also for a key twice and an integer beyond 64 bits.
boost::json::value parse_strict(std::string_view text);

}  // namespace orch::json
