// Parsing of one state. Internal to the module.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/asl/fields.h"

namespace orch::asl {

/// Reads StartAt and States; the other fields of the object are its owner's.
Flow parse_flow(Fields& fields);

State parse_state(const std::string& name, const boost::json::value& value,
                  const std::string& pointer, Problems& problems);

/// The Choices and Default of a Choice state.
Choice parse_choice(Fields& fields);

}  // namespace orch::asl
