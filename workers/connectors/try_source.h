// A trial of a source: something of each of its types is read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "workers/connectors/connections.h"

namespace orch::connectors {

/// What became of the columns of one type.
struct TypeTrial {
  std::string native;  ///< as the database spells it: "numeric(12,2)"
  data::Kind kind = data::Kind::other;
  std::int64_t columns = 0;  ///< in all tables
  std::string example;       ///< the column that was read: "sales.amount"
  std::int64_t rows = 0;     ///< that were read of it
  std::string problem;       ///< why some of it cannot be replicated; empty: none was found
};

/// A table that could not be looked at.
struct TableTrouble {
  std::string table;
  std::string problem;
};

struct SourceTrial {
  std::int64_t tables = 0;
  std::vector<TypeTrial> types;  ///< by type
  std::vector<TableTrouble> troubles;
  /// Statements that give the user the rights that it lacks; each once.
  std::vector<std::string> grants;
};

/// How a connection has answered.
struct Answered {
  Health health;
  Millis in{0};  ///< from the beginning of the connecting
};

/// Connections::ping(), with the time that it took.
Answered timed_ping(const Connections& connections, const std::string& name, Role role);

/// Describes every table that a discovery would take, views included, and reads up to `rows` rows
/// of one column of each type. What fails is told in the answer; only a connection that is gone, or
/// a stop, throws.
SourceTrial try_source(data::Source& source, std::int64_t rows, const data::Stop& stop);

}  // namespace orch::connectors
