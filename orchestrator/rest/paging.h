// Pages of lists: {"items": […], "next": CURSOR}, where a list that ends has no "next".
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "orchestrator/rest/request.h"

namespace orch::rest {

inline constexpr Parameter limit_parameter{"limit", Kind::integer,
                                           "at most so many items; default 50, most 1000"};
inline constexpr Parameter cursor_parameter{"cursor", Kind::text,
                                            "\"next\" of the page before; none: the first page"};

std::int64_t limit_of(const Request& request);

/// The place in a list of runs that a cursor stands for.
std::optional<std::pair<Instant, store::ExecutionId>> run_cursor(const Request& request);
std::string run_cursor(const store::ExecutionRow& row);

/// The number that a cursor stands for; `name` is of the parameter.
std::int64_t number_cursor(std::string_view name, const std::string& value);

}  // namespace orch::rest
