// Whether a table is right, in a few words for people who do not know what a run is.
#pragma once

#include <string>

#include "orchestrator/view/table_index.h"

namespace orch::view {

struct Verdict {
  /// "current": of the latest run; "loading"; "old": the latest run did not get so far; "never".
  std::string word;
  std::string text;  ///< "yesterday's rows: the load was refused because …"
};

/// Days are those of the time zone of this process.
Verdict verdict_of(const TableNow& table, Instant now);

}  // namespace orch::view
