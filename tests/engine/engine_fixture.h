// An engine on a real store with workers that tests make of functions.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/nested_starts.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::engine {

using Function = std::function<boost::json::value(const workers::Task&, workers::TaskContext&)>;

class FunctionWorker : public workers::Worker {
 public:
  explicit FunctionWorker(Function function) : function_(std::move(function)) {}
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    return function_(task, context);
  }

 private:
  Function function_;
};

/// A gate that tests open when they have seen enough.
class Gate {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// One of those who are there, or of those who come.
  void let_one_go() {
    const std::scoped_lock lock(mutex_);
    ++let_go_;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ || let_go_ > 0; });
    if (!open_) --let_go_;
  }
  void wait_for_arrivals(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(60), [&] { return arrived_ >= count; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
  int let_go_ = 0;
};

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    add("orch:noop", [](const auto& task, auto&) { return task.input; });
    add("orch:fail", [](const auto&, auto&) -> boost::json::value {
      throw workers::TaskFailed("Source.TableMissing", "no table x", "create it");
    });
    start();
  }

  void add(const std::string& resource, Function function) {
    registry_.add(resource, std::make_unique<FunctionWorker>(std::move(function)));
  }
  void start() {
    store_ = store::open_as_owner(path(), "test");
    Options options{4, Millis{2'000}};
    options.nested = nested_;
    options.limits = limits_;
    engine_ = std::make_unique<Engine>(*store_, registry_, options, observer_);
  }
  void end() {
    engine_.reset();
    store_.reset();
  }
  std::filesystem::path path() const { return folder_ / "orch.db"; }

  Submission submission(const std::string& states, const std::string& input = "{}") {
    Submission made;
    made.workflow = "test";
    made.definition = fmt::format(R"({{"StartAt":"A","States":{{{}}}}})", states);
    made.input = input;
    return made;
  }
  store::ExecutionRow run(const std::string& states, const std::string& input = "{}") {
    return engine_->wait(engine_->submit(submission(states, input)).run_id);
  }
  std::vector<std::string> types(const store::ExecutionRow& row) {
    std::vector<std::string> names;
    execution::EventId expected = 0;
    store::open_as_reader(path())->history(row.id, 0, [&](const execution::Event& event) {
      EXPECT_EQ(event.id, ++expected) << "no gaps";
      names.emplace_back(to_string(event.type));
    });
    return names;
  }
  template <class Work>
  std::string code_of(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }

  test::TempFolder folder_;
  workers::Registry registry_;
  Observer* observer_ = nullptr;          ///< of engines started from now on
  std::shared_ptr<NestedStarts> nested_;  ///< likewise
  Limits limits_;                         ///< likewise
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace orch::engine
