// Publishing a verified load.
#pragma once

#include "workers/publishing/session.h"

namespace orch::publishing {

/// See data::Target::merge(). `session` is a connection of its own; its transaction is over when
/// this returns or throws.
data::Published publish(Session& session, const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& detail);

/// Writes the load row of a load that needs no rows. See data::Target::stage_unchanged().
void stage_unchanged(Session& session, const data::TableName& table,
                     const data::LoadRecord& record);

/// Sets the load row's `verified`. See data::Target::mark_verified().
void mark_verified(Session& session, const data::LoadPlan& plan, const data::LoadId& load);

/// The plan of a load that is staged, for a target as `target` says it is now (unset: there is
/// none): the one that travels with the load where it holds, else one made anew. Throws TaskFailed
/// "Schema.Changed" (ORCH-0509) when the columns would now be taken in another way than they were
/// staged, and as Session::plan().
data::LoadPlan holding_plan(Session& session, data::LoadPlan plan,
                            const std::optional<TableFacts>& target);

}  // namespace orch::publishing
