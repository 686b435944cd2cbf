// Reading staged rows back: all cores at once, and what is to be built meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// What is worth a session of its own: 32 MiB in pages of 8 KiB.
inline constexpr std::int64_t pages_a_session = 4'096;

/// What is done to a table while it is read, by sessions that read no rows of it. One that fails
/// is left to the publish, which does what is missing, and tells.
struct Meanwhile {
  std::vector<std::string> builds;  ///< of indexes, each in a session of its own
  std::string then;                 ///< a statement, once they are built; empty: none
};

/// The digest of the plan's columns of all rows of `table`, an ordinary table. One of twice
/// `pages_each` or more is read in ranges of its pages, under one snapshot, in as many sessions as
/// the machine has cores (four at most) and the server has room for. `meanwhile` is asked what else
/// to do when there are `pages_each` or more. `stop` is asked now and then; true throws
/// workers::Cancelled.
data::Digest read_back(const Settings& settings, pg::Connection& connection,
                       const data::LoadPlan& plan, const data::TableName& table,
                       const std::function<Meanwhile()>& meanwhile,
                       const std::function<bool()>& stop,
                       std::int64_t pages_each = pages_a_session);

}  // namespace orch::postgres
