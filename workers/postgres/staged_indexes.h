// What staged rows need before they can become those of their target.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/pg.h"

namespace orch::postgres {

/// An index that a staging table lacks, or whose constraint it lacks.
struct StagedIndex {
  /// Builds it; other sessions may read the rows and build other indexes meanwhile. Empty: it is
  /// there.
  std::string build;
  std::string constrain;  ///< makes its constraint, in no time; empty: it has none
};

// Tables are named as in SQL.

/// Those of `parent`, to which `staging` is to be attached.
std::vector<StagedIndex> lacking_indexes(pg::Connection& connection, const std::string& staging,
                                         const std::string& parent);
/// That of `key`, the one of a table that is still to be made; none while there are so few rows
/// that it is built when they are attached.
std::vector<StagedIndex> lacking_key(pg::Connection& connection, const std::string& staging,
                                     const std::vector<std::string>& key);

/// Runs `build` of an index in a transaction of its own. The server goes on to the end, whatever
/// becomes of this process.
void build_alone(pg::Connection& connection, const std::string& build);

/// Within a transaction: builds and constrains `lacking`.
void build(pg::Connection& connection, const std::vector<StagedIndex>& lacking);
/// Within a transaction: `staging` gets the NOT NULL of `parent`'s columns, and statistics unless
/// it has some.
void complete(pg::Connection& connection, const std::string& staging, const std::string& parent);

}  // namespace orch::postgres
