// One table's way through the steps, without an engine.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "workers/replication/steps.h"

namespace orch::test {

/// Remembers what a worker tells.
class RecordingContext final : public workers::TaskContext {
 public:
  bool stop_requested() const override { return stop.load(); }
  void report(const workers::Progress& progress) override {
    const std::scoped_lock lock(mutex_);
    reports_.push_back(progress);
  }
  void heartbeat() override { ++heartbeats; }

  std::vector<workers::Progress> reports() const {
    const std::scoped_lock lock(mutex_);
    return reports_;
  }

  std::atomic<bool> stop = false;
  std::atomic<int> heartbeats = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<workers::Progress> reports_;
};

inline workers::Task task_of(std::int64_t fence) {
  workers::Task task;
  task.run = "run1";
  task.run_name = "nightly";
  task.store = "store1";
  task.state = "Stage";
  task.resource = "orch:stage";
  task.ticket = fence;
  task.fence = fence;
  return task;
}

inline catalog::Entry entry_of(const std::string& table,
                               data::Strategy strategy = data::Strategy::replace) {
  catalog::Entry entry;
  entry.key = table;
  entry.source_connection = "from";
  entry.target_connection = "to";
  entry.source.table.name = table;
  entry.target.name = table;
  entry.strategy = strategy;
  return entry;
}

/// Stage, verify, merge and reconcile of tables between two open ends; every task has a larger
/// fence than the one before.
class Replication {
 public:
  Replication(data::Source& source, data::Target& target, std::int64_t first_fence = 1)
      : source_(source), target_(target), fence_(first_fence) {}

  boost::json::object stage(const catalog::Entry& entry) {
    const auto task = task_of(fence_++);
    return replication::stage({task, context, entry}, source_, target_);
  }
  boost::json::object verify(const catalog::Entry& entry, const boost::json::object& load) {
    const auto task = task_of(fence_++);
    return replication::verify({task, context, entry}, target_, load);
  }
  boost::json::object merge(const catalog::Entry& entry, const boost::json::object& load) {
    const auto task = task_of(fence_++);
    return replication::merge({task, context, entry}, target_, load);
  }
  boost::json::object reconcile(const catalog::Entry& entry,
                                const boost::json::value* load = nullptr) {
    const auto task = task_of(fence_++);
    return replication::reconcile({task, context, entry}, target_, load);
  }

  /// All four; returns what merge said.
  boost::json::object replicate(const catalog::Entry& entry) {
    const auto load = stage(entry);
    verify(entry, load);
    auto merged = merge(entry, load);
    reconcile(entry);
    return merged;
  }

  RecordingContext context;

 private:
  data::Source& source_;
  data::Target& target_;
  std::int64_t fence_;
};

/// The error name that `work` fails with; its message is put into `message`.
template <class Work>
std::string error_of(Work&& work, std::string* message = nullptr) {
  try {
    work();
  } catch (const workers::TaskFailed& failure) {
    if (message) *message = failure.what();
    return failure.error();
  }
  return "no failure";
}

}  // namespace orch::test
