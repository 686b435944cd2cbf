// What tasks of tests need.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "workers/needs.h"
#include "workers/worker.h"

namespace orch::engine {

/// What tasks need is what the test says of the connection that their input names.
class TestNeeding final : public workers::Needing {
 public:
  /// The one that tasks of this registry ask from now on.
  static TestNeeding* of(workers::Registry& registry) {
    auto made = std::make_unique<TestNeeding>();
    auto* needing = made.get();
    registry.set_needing(std::move(made));
    return needing;
  }

  workers::Needs needs_of(const workers::Task& task) const override {
    workers::Needs needs{{workers::Need::Kind::tag, task.resource, task.resource}};
    const auto* object = task.input.if_object();
    const auto* name = object ? object->if_contains("connection") : nullptr;
    if (!name) return needs;
    const std::scoped_lock lock(mutex_);
    auto need = rules_;
    need.name = need.counted = std::string(name->get_string());
    needs.push_back(need);
    return needs;
  }
  bool answers(const workers::Task&, const std::string&) const override { return answers_; }

  void set(workers::Need rules) {
    const std::scoped_lock lock(mutex_);
    rules_ = std::move(rules);
  }
  std::atomic<bool> answers_ = false;

 private:
  mutable std::mutex mutex_;
  workers::Need rules_;
};

}  // namespace orch::engine
