// What a report says of a run and its tables, for every medium.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::replication {

struct CheckLine {
  std::string name;
  bool passed = false;
  std::string found;
  std::string expected;
};

/// What the target holds of a table that this run did not publish.
struct Published {
  std::int64_t rows = 0;
  std::string as_of;         ///< when the source was read, for people; may be empty
  std::string published_at;  ///< "2026-11-29 06:00:01 UTC"
  std::string run;           ///< name of the run that did
};

/// Where the time of a table went, in ms. Source, encoding and target are at work at the same time,
/// each summed over its threads.
struct TimeSpent {
  std::int64_t source = 0;
  std::int64_t encode = 0;
  std::int64_t target = 0;
  std::int64_t stage = 0;   ///< until all of it was staged
  std::int64_t verify = 0;  ///< with the indexes that were built meanwhile
  std::int64_t publish = 0;
};

struct TableReport {
  std::string key;
  std::string source;  ///< "ledger: main.fx_rates (sqlite:ledger.db)"
  std::string target;
  std::string strategy;  ///< "replace", "upsert", "append"; may be empty
  std::string method;    ///< how it was published; may be empty
  std::string as_of;     ///< when the source was read, for people; may be empty
  std::int64_t rows_read = 0;
  std::int64_t rows = 0;  ///< in the target; of a failed table unknown
  double rows_per_second = 0;
  std::int64_t milliseconds = 0;
  std::optional<TimeSpent> spent;  ///< unset: its staging did not tell
  std::string digest;              ///< of what was read
  std::string verdict;             ///< "equal", "verified before publishing", "failed", …
  bool deletes_followed = true;
  bool entry_changed = false;  ///< in the catalog, since the run began
  std::vector<CheckLine> checks;

  bool failed = false;
  std::string error;    ///< name, when failed; likewise the following
  std::string message;  ///< for people
  std::string hint;
  std::string code;
  std::string readers_see;  ///< what is in the target now, for people

  boost::json::value json;  ///< the result as it came
};

struct RunReport {
  std::string run;                  ///< id
  std::string name;                 ///< of the run
  std::string started;              ///< "2026-11-30 06:00:00 UTC"; may be empty
  std::string written;              ///< likewise, this report
  std::vector<TableReport> tables;  ///< in the order of their keys

  std::vector<std::string> failed() const;  ///< keys
  std::int64_t rows_read() const;           ///< of the tables that did not fail
  std::int64_t rows() const;                ///< in their targets
  /// "21 of 23 tables, 80,050 rows read, 130,050 in the target. Failed: a, b."
  std::string summary() const;
  /// "2 of 23 tables failed", "23 tables replicated"; "compared" when nothing was published.
  std::string headline() const;
};

/// Names of connections with what they lead to, for people.
using Displays = std::map<std::string, std::string>;

/// Reads {"table", "stage"?, "verify"?, "merge"?, "reconcile"?, "audit"?, "error"?} or {"key",
/// "error"}.
TableReport read_table(const boost::json::value& result, const Displays& displays);

/// "40,000 rows of 2026-11-29 06:00:00 UTC, published … by run nightly"; what is said when nothing
/// was published.
std::string readers_see(const std::optional<Published>& published);

/// "2026-11-30T06:00:01.250Z" as people read it: "2026-11-30 06:00:01 UTC". Other text as it is.
std::string moment_text(std::string_view iso);

}  // namespace orch::replication
