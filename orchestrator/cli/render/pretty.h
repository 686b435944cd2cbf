// JSON for people.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {

/// `value` over several lines, indented by two; ends with a line break. Characters that act on a
/// terminal are escaped. For files people edit too.
std::string pretty(const boost::json::value& value);

/// `json`, JSON text, as a block of a page, indented by two; short lists on one line. Unless
/// `full`: at most 12 lines, none wider than the look allows (or 200 columns), and a line that says
/// how much more there is.
std::string payload_text(std::string_view json, bool full, const Look& look);

}  // namespace orch::cli::render
