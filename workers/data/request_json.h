// A plan request on its way through JSON: it travels in the load row's position, so that later
// steps plan from what was staged, not from a source that may have changed or gone offline since.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "workers/data/target.h"

namespace orch::data {

/// "full", "count", "off"
std::string_view proof_name(Proof proof);
/// Proof::full for other words.
Proof proof_named(std::string_view name);

boost::json::object to_json(const PlanRequest& request);
/// Reads what to_json() wrote.
PlanRequest request_from_json(const boost::json::object& object);

}  // namespace orch::data
