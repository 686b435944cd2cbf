// What a failure learns on its way up.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "workers/worker.h"

namespace orch::data {

/// The same failure with `place` after its message and `details` added to its cause; a detail the
/// cause already has stays.
workers::TaskFailed amended(const workers::TaskFailed& failure, std::string_view place,
                            const boost::json::object& details);

}  // namespace orch::data
