// A plan on its way through JSON: it is made once, before a load begins, and travels with the load
// row in the position, so that later steps read what was decided and not a source that may have
// changed or gone offline since.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/value.hpp>

#include "workers/data/target.h"

namespace orch::data {

/// "full", "count", "off"
std::string_view proof_name(Proof proof);
/// Proof::full for other words.
Proof proof_named(std::string_view name);

/// "int16", "timestamptz", …
std::string_view kind_name(Kind kind);

boost::json::object to_json(const PlanRequest& request);
/// Reads what to_json() wrote, and what older versions wrote.
PlanRequest request_from_json(const boost::json::object& object);

/// "request" and "plan" of a position: what was asked, and what was decided.
void write_plan(boost::json::object& position, const LoadPlan& plan);
/// What write_plan() wrote, with the load row's `fingerprint`. Unset for a plan of another version
/// of the program, which may have meant something else: it is made anew, of the request.
std::optional<LoadPlan> plan_in(const boost::json::object& position,
                                const std::string& fingerprint);
/// The request of a position; unset in one of a very old version.
std::optional<PlanRequest> request_in(const boost::json::object& position);
/// `position` as evidence keeps it: without the plan, which a published load needs no longer, and
/// without the run's name, which evidence has beside it.
boost::json::object evidence_position(boost::json::object position);

}  // namespace orch::data
