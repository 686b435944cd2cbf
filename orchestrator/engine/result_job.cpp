#include "orchestrator/engine/result_job.h"

#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/engine/own_fault.h"
#include "workers/worker.h"

namespace orch::engine {

ResultJob::ResultJob(workers::Outside& outside, execution::ResultWriterPlan writer,
                     std::shared_ptr<const access::Policy> access, std::string map_run_arn,
                     std::function<void()> wake)
    : outside_(outside), access_(std::move(access)), wake_(std::move(wake)) {
  fault::point("engine.writer");
  thread_ = std::thread([this, writer = std::move(writer), arn = std::move(map_run_arn)] {
    write(writer, arn);
    over_ = true;
  });
}

ResultJob::~ResultJob() {
  request_stop();
  thread_.join();
}

void ResultJob::request_stop() noexcept {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

bool ResultJob::wants_page() const {
  const std::scoped_lock lock(mutex_);
  return !page_ && !all_given_ && !result_ && !failure_;
}

void ResultJob::give(std::vector<workers::ChildResult> page) {
  given_ += static_cast<std::int64_t>(page.size());
  {
    const std::scoped_lock lock(mutex_);
    all_given_ = page.empty();
    page_ = std::move(page);
  }
  changed_.notify_all();
}

std::optional<boost::json::value> ResultJob::result() const {
  const std::scoped_lock lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  return result_;
}

void ResultJob::write(const execution::ResultWriterPlan& writer, const std::string& map_run_arn) {
  std::optional<boost::json::value> result;
  std::exception_ptr failure;
  try {
    fault::point("writer.open");
    const auto results = outside_.results(writer, map_run_arn, access_.get(), [this] {
      const std::scoped_lock lock(mutex_);
      return stop_;
    });
    while (const auto page = take()) {
      fault::point("writer.page");
      for (const auto& child : *page) results->add(child);
      if (!page->empty()) wake_();
      if (page->empty()) {
        result = results->finish();
        break;
      }
    }
  } catch (const workers::Cancelled&) {
    return;  // the results are no longer wanted
  } catch (...) {
    failure = as_task_failed("States.ResultWriterFailed");
  }
  {
    const std::scoped_lock lock(mutex_);
    result_ = std::move(result);
    failure_ = std::move(failure);
  }
  wake_();
}

/// Waits for the next page; nothing: stop.
std::optional<std::vector<workers::ChildResult>> ResultJob::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stop_ || page_; });
  if (stop_) return std::nullopt;
  return std::exchange(page_, std::nullopt);
}

}  // namespace orch::engine
