// Publishing tables that refer to each other as one.
//
// A parent that goes takes its children along, and a new child needs its parent: where both tables
// change, neither can be published alone. The verified loads of all tables that foreign keys link
// are published in one transaction then: new rows from parents to children, then what is gone from
// children to parents. The other tables' own publishes find their evidence, and do nothing more.
#pragma once

#include <optional>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// Publishes `load` of `plan` together with the loads of the tables that are linked to its target,
/// as publish() does. Unset, and nothing has changed, when no such load is verified and free.
std::optional<data::Published> publish_linked(Session& session, const data::LoadPlan& plan,
                                              const data::LoadId& load,
                                              const boost::json::object& detail);

}  // namespace orch::publishing
