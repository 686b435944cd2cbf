// What a distributed Map has outside of its run: the items it reads and the results it writes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/access/policy.h"
#include "orchestrator/base/time.h"
#include "orchestrator/execution/map_plan.h"

namespace orch::workers {

/// The items of one map run, in their order. One thread at a time.
class Items {
 public:
  virtual ~Items() = default;
  /// The next item as JSON text; nothing at the end. Blocks. Throws TaskFailed
  /// "States.ItemReaderFailed", Cancelled.
  virtual std::optional<std::string> next() = 0;
};

/// A child execution that has ended, or was never started.
struct ChildResult {
  std::string arn;
  std::string name;
  std::string machine_arn;
  std::string input;                  ///< JSON text
  std::optional<std::string> output;  ///< JSON text
  std::string error;
  std::string cause;
  std::string status;  ///< "SUCCEEDED", "FAILED", …; "PENDING" when it was never started
  std::int64_t redrive_count = 0;
  Instant started_at;
  Instant ended_at;
};

/// The results of one map run. One thread at a time.
class Results {
 public:
  virtual ~Results() = default;
  /// Throws TaskFailed "States.ResultWriterFailed", Cancelled.
  virtual void add(const ChildResult& child) = 0;
  /// Makes the files complete and returns where their manifest is: {"Bucket", "Key"}; of a writer
  /// without a bucket the array of the results themselves. Throws like add().
  virtual boost::json::value finish() = 0;
};

/// Opens both from the plan that the MapRunStarted event holds. `access` is
/// what the run may reach; null: whatever this process may. `stop` is asked while they wait; true
/// ends that with Cancelled. Both throw TaskFailed "Access.Denied". Thread-safe.
class Outside {
 public:
  virtual ~Outside() = default;
  virtual std::unique_ptr<Items> items(const execution::ItemReaderPlan& reader,
                                       const access::Policy* access,
                                       std::function<bool()> stop) = 0;
  /// `map_run_arn` goes into the manifest. Writing the same map run again replaces its files.
  virtual std::unique_ptr<Results> results(const execution::ResultWriterPlan& writer,
                                           const std::string& map_run_arn,
                                           const access::Policy* access,
                                           std::function<bool()> stop) = 0;
};

}  // namespace orch::workers
