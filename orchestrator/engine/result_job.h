// Writes the results of a map run outside, behind the engine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/engine/background.h"
#include "workers/outside.h"

namespace orch::engine {

/// A thread of its own that takes the children page by page. Used on the engine's thread; `wake`
/// is called on the job's when it wants a page or has ended.
class ResultJob final : public SlowWork {
 public:
  ResultJob(workers::Outside& outside, execution::ResultWriterPlan writer,
            std::shared_ptr<const access::Policy> access, std::string map_run_arn,
            std::function<void()> wake);
  /// Stops writing and waits for the thread.
  ~ResultJob() override;
  void request_stop() noexcept override;
  bool is_over() const noexcept override { return over_; }

  /// True when give() would be heard.
  bool wants_page() const;
  /// The next children; an empty page ends the list.
  void give(std::vector<workers::ChildResult> page);
  /// What the writer leaves for the state's output, once it is complete. Throws TaskFailed with
  /// what writing threw.
  std::optional<boost::json::value> result() const;
  /// Index of the child that the next page starts with.
  std::int64_t next_child() const { return given_; }

 private:
  void write(const execution::ResultWriterPlan& writer, const std::string& map_run_arn);
  std::optional<std::vector<workers::ChildResult>> take();

  workers::Outside& outside_;
  std::shared_ptr<const access::Policy> access_;
  std::function<void()> wake_;
  std::int64_t given_ = 0;
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable changed_;
  std::optional<std::vector<workers::ChildResult>> page_;
  bool all_given_ = false;
  bool stop_ = false;
  std::optional<boost::json::value> result_;
  std::exception_ptr failure_;
  std::atomic<bool> over_ = false;  ///< the thread has nothing left to do
  std::thread thread_;
};

}  // namespace orch::engine
