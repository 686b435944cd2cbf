#include <string>

#include "orchestrator/base/embedded.h"
#include "workers/duckdb/target_session.h"

namespace orch::duckdb {

/// The files of schema/duckdb-target/, embedded at build.
std::span<const EmbeddedFile> target_tables();

void prepare_bookkeeping(Connection& connection) {
  for (const auto& file : target_tables()) connection.exec(std::string(file.text));
}

}  // namespace orch::duckdb
