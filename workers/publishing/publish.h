// Publishing a verified load.
#pragma once

#include "workers/publishing/session.h"

namespace orch::publishing {

/// See data::Target::merge(). `session` is a connection of its own; its transaction is over when
/// this returns or throws.
data::Published publish(Session& session, const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& detail);

/// Sets the load row's `verified`. See data::Target::mark_verified().
void mark_verified(Session& session, const data::LoadPlan& plan, const data::LoadId& load);

}  // namespace orch::publishing
