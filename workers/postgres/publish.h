// Publishing a verified load.
#pragma once

#include "workers/data/target.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// See data::Target::merge().
data::Published publish(const Settings& settings, const data::LoadPlan& plan,
                        const data::LoadId& load, const boost::json::object& detail);

}  // namespace orch::postgres
