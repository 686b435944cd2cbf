// JSON Merge Patch, RFC 7396: a small document that says how another one differs.
#pragma once

#include <boost/json/value.hpp>

namespace orch::json {

/// Applies `patch` to `target`: members of objects are set or, with null, removed; anything else
/// replaces what is there. The order of the members of `target` stays.
void apply_merge_patch(boost::json::value& target, const boost::json::value& patch);

}  // namespace orch::json
