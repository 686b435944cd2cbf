#include "orchestrator/engine/long_decision.h"

#include <algorithm>
#include <pthread.h>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/time_slice.h"

namespace orch::engine {
namespace {

constexpr std::size_t most_threads = 2;
static_assert(most_threads < store::UnderDecision::most_threads);  // 0 is the engine's

void make(LongWork& work) {
  try {
    fault::point("engine.long_decision");
    const TimeSlice slice(work.cancelled);
    work.make();
  } catch (const SliceOver&) {
    // Cancelled: no one asks for the result.
  } catch (...) {
    work.failure = describe(std::current_exception());
  }
}

}  // namespace

DecisionThreads::~DecisionThreads() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
    jobs_.clear();
    for (auto& work : under_way_) work->cancelled = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void DecisionThreads::add(std::shared_ptr<LongWork> work, std::function<void()> made) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back({std::move(work), std::move(made)});
    if (threads_.size() < most_threads && jobs_.size() + under_way_.size() > threads_.size()) {
      threads_.emplace_back([this, thread = threads_.size() + 1] { run(thread); });
      pthread_setname_np(threads_.back().native_handle(), "orch-decision");
    }
  }
  wake_.notify_one();
}

void DecisionThreads::run(std::size_t thread) {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (closing_) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    under_way_.push_back(job.work);
    lock.unlock();
    {
      const store::UnderDecision::Mark mark(marks_, job.work->run, thread);
      make(*job.work);
    }
    if (!job.work->cancelled) job.made();
    lock.lock();
    std::erase(under_way_, job.work);
  }
}

}  // namespace orch::engine
