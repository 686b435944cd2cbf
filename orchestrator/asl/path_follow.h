// Following the definite steps of a path without copying. Private to this module.
#pragma once

#include <cstdint>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/asl/path_program.h"

namespace orch::asl {

/// The member or element, or null when `at` has none (or is no object, no array).
const boost::json::value* member(const boost::json::value& at, std::string_view name);
/// A negative index counts from the end.
const boost::json::value* element(const boost::json::value& at, std::int64_t index);

/// Where a step that names one place leads, or null. `last`: no step follows it.
const boost::json::value* one_step(const boost::json::value& at, const Step& step, bool last);

/// Where a path found nothing: the step that failed and what it was applied to.
struct Stop {
  std::size_t step = 0;
  const boost::json::value* at = nullptr;
};

/// The place that the definite steps of `program` name, or null and `stop`.
const boost::json::value* follow(const PathProgram& program, const boost::json::value& start,
                                 Stop& stop);

/// Why follow() stopped.
NoValue explain(const PathProgram& program, const Stop& stop);

}  // namespace orch::asl
