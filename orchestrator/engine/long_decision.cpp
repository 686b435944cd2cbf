#include "orchestrator/engine/long_decision.h"

#include <algorithm>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/time_slice.h"

namespace orch::engine {
namespace {

constexpr int long_niceness = 10;
constexpr std::size_t most_threads = 2;
static_assert(most_threads < store::UnderDecision::most_threads);  // 0 is the engine's

void make(LongWork& work) {
  const auto began = std::chrono::steady_clock::now();
  try {
    fault::point("engine.long_decision");
    const TimeSlice slice(work.cancelled);
    work.make();
  } catch (const SliceOver&) {
    // Cancelled: the result is not asked for.
  } catch (...) {
    work.failure = describe(std::current_exception());
  }
  work.took = std::chrono::steady_clock::now() - began;
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

void DecisionThreads::suspect(std::set<store::ExecutionId> runs) {
  const std::scoped_lock lock(mutex_);
  suspects_ = std::move(runs);
}

bool DecisionThreads::is_trying() const {
  const std::scoped_lock lock(mutex_);
  return trying_.has_value();
}

void DecisionThreads::tried(store::ExecutionId run, bool absolved) {
  {
    const std::scoped_lock lock(mutex_);
    if (trying_ == run) trying_.reset();
    if (absolved) suspects_.erase(run);
  }
  wake_.notify_all();
}

// The oldest that may begin.
std::deque<DecisionThreads::Job>::iterator DecisionThreads::next() {
  return std::find_if(jobs_.begin(), jobs_.end(), [this](const Job& job) {
    return !trying_ || !suspects_.contains(job.work->run);
  });
}

void DecisionThreads::run(std::size_t thread) {
  // What takes long yields to what does not: to the engine's thread, and to those that answer.
  const auto self = static_cast<id_t>(::gettid());
  ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + long_niceness);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closing_ || next() != jobs_.end(); });
    if (closing_) return;
    const auto place = next();
    const auto job = std::move(*place);
    jobs_.erase(place);
    const auto id = job.work->run;
    const bool suspected = suspects_.contains(id);
    if (suspected) trying_ = id;
    under_way_.push_back(job.work);
    lock.unlock();
    {
      const store::UnderDecision::Mark mark(marks_, job.work->run, thread);
      make(*job.work);
    }
    const bool made = !job.work->cancelled;
    if (made) job.made();
    lock.lock();
    std::erase(under_way_, job.work);
    if (!suspected || (made && job.work->ends_with_commit())) continue;
    if (trying_ == id) trying_.reset();
    wake_.notify_all();
  }
}

}  // namespace orch::engine
