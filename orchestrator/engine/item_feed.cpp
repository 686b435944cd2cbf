#include "orchestrator/engine/item_feed.h"

#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/engine/own_fault.h"
#include "workers/worker.h"

namespace orch::engine {
namespace {

constexpr std::size_t most_items = 4'000;
constexpr std::size_t most_bytes = std::size_t{8} << 20;
// The reader waits until so little is left: waking it for every item would cost more than the item.
constexpr std::size_t few_items = most_items / 2;
constexpr std::size_t few_bytes = most_bytes / 2;

}  // namespace

ItemFeed::ItemFeed(workers::Outside& outside, execution::ItemReaderPlan reader,
                   std::shared_ptr<const access::Policy> access, std::int64_t skip,
                   std::function<void()> wake)
    : outside_(outside), access_(std::move(access)), wake_(std::move(wake)) {
  fault::point("engine.reader");
  thread_ = std::thread([this, reader = std::move(reader), skip] {
    read(reader, skip);
    over_ = true;
  });
}

ItemFeed::~ItemFeed() {
  request_stop();
  thread_.join();
}

void ItemFeed::request_stop() noexcept {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
}

std::optional<std::string> ItemFeed::take() {
  std::unique_lock lock(mutex_);
  if (queue_.empty()) {
    awaited_ = true;
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }
  auto item = std::move(queue_.front());
  queue_.pop_front();
  bytes_ -= item.size();
  const bool few = queue_.size() <= few_items && bytes_ <= few_bytes;
  const bool wake = full_ && few;
  if (wake) full_ = false;
  lock.unlock();
  if (wake) room_.notify_one();
  return item;
}

bool ItemFeed::ended() const {
  const std::scoped_lock lock(mutex_);
  return ended_ && !failure_ && queue_.empty();
}

void ItemFeed::read(const execution::ItemReaderPlan& reader, std::int64_t skip) {
  try {
    fault::point("reader.open");
    const auto items = outside_.items(reader, access_.get(), [this] {
      const std::scoped_lock lock(mutex_);
      return stop_;
    });
    while (auto item = items->next()) {
      fault::point("reader.next");
      if (skip-- > 0) continue;
      if (!push(std::move(*item))) return;
    }
    end(nullptr);
  } catch (const workers::Cancelled&) {
    // the items are no longer wanted
  } catch (...) {
    end(as_task_failed("States.ItemReaderFailed"));
  }
}

/// False: no more is wanted.
bool ItemFeed::push(std::string item) {
  std::unique_lock lock(mutex_);
  full_ = queue_.size() >= most_items || bytes_ >= most_bytes;
  room_.wait(lock, [this] { return stop_ || !full_; });
  if (stop_) return false;
  bytes_ += item.size();
  queue_.push_back(std::move(item));
  const bool awaited = std::exchange(awaited_, false);
  lock.unlock();
  if (awaited) wake_();
  return true;
}

void ItemFeed::end(std::exception_ptr failure) noexcept {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    failure_ = std::move(failure);
  }
  wake_();
}

}  // namespace orch::engine
