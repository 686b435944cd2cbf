// Source and target as they are now.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/json/value.hpp>

#include "workers/catalog/entry.h"
#include "workers/data/source.h"
#include "workers/data/target.h"
#include "workers/replication/audit/row_comparison.h"
#include "workers/worker.h"

namespace orch::replication {

constexpr std::chrono::seconds default_pause{2};

/// The ends of a comparison. `published` opens the target's database to be read from, or gives what
/// is open.
struct AuditEnds {
  data::Source& source;
  data::Target& target;
  std::function<data::Source&()> published;
};

/// One side as it was read.
struct AuditSide {
  data::Digest digest;
  boost::json::value as_of;  ///< {"time", "lsn"?, "data_version"?}
};

struct AuditResult {
  std::string key;
  AuditSide source;
  AuditSide target;
  Differences found;
  boost::json::value last_load;  ///< {"load", "run_name", "as_of", "published_at"}, or null
  std::int64_t milliseconds = 0;

  bool equal() const { return found.count() == 0; }
};

/// Pauses for `pause`, asking `stop` now and then; true throws workers::Cancelled.
void pause_for(std::chrono::milliseconds pause, const std::function<bool()>& stop);

/// Compares the rows of source and target as they are now; see RowComparison. Throws TaskFailed
/// "Schema.Drift", "Target.TableMissing", "Source.…", "Target.…", "Connection.…".
AuditResult audit(const catalog::Entry& entry, const AuditEnds& ends,
                  const RowComparison::Control& control);

/// {"key", "equal", "source" and "target": {"rows", "digest", "as_of"}, "missing", "extra",
/// "different", "kept", "changing", "all", "examples": [{"row", "difference", "columns"?}],
/// "last_load", "duration_ms"}.
boost::json::object to_json(const AuditResult& result);

/// "id = 7 is missing", "id = 9 is different in amount"
std::string sentence(const RowDifference& difference);

/// "Audit.Different" (ORCH-0522), with to_json() in its cause.
workers::TaskFailed audit_failure(const AuditResult& result);

}  // namespace orch::replication
