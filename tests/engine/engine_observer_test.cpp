// What is told while runs go on: to an observer, and to readers of the store.
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

class Recorder final : public Observer {
 public:
  void on_events(const store::ExecutionRow& run,
                 std::span<const execution::Event> events) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& event : events) {
      EXPECT_EQ(event.id, ++last_[run.made.run_id]) << "in order, without gaps";
      types_.emplace_back(to_string(event.type));
    }
    changed_.notify_all();
  }
  void on_progress(const std::string&, execution::Ticket,
                   const workers::Progress& progress) override {
    const std::scoped_lock lock(mutex_);
    rows_ = progress.rows;
    changed_.notify_all();
  }

  bool wait_for(const std::string& type) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::find(types_.begin(), types_.end(), type) != types_.end();
    });
  }
  std::vector<std::string> types() {
    const std::scoped_lock lock(mutex_);
    return types_;
  }
  std::int64_t rows() {
    const std::scoped_lock lock(mutex_);
    return rows_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, execution::EventId> last_;
  std::vector<std::string> types_;
  std::int64_t rows_ = 0;
};

class EngineObserver : public EngineTest {
 protected:
  EngineObserver() {
    end();
    observer_ = &recorder_;
    start();
  }
  ~EngineObserver() override { end(); }

  Recorder recorder_;
  Gate gate_;
};

TEST_F(EngineObserver, SeesEveryCommittedEventOnce) {
  const auto row = run(R"("A":{"Type":"Map","ItemProcessor":{"StartAt":"T","States":{"T":{"Type":)"
                       R"("Task","Resource":"orch:noop","End":true}}},"End":true})",
                       "[1,2,3]");
  ASSERT_TRUE(recorder_.wait_for("ExecutionSucceeded"));
  EXPECT_EQ(recorder_.types(), types(row));
}

TEST_F(EngineObserver, ATaskAtWorkIsSeenToHaveStarted) {
  add("orch:gate", [&](const auto& task, auto&) {
    gate_.pass();
    return task.input;
  });
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:gate","End":true})"))
          .run_id;
  EXPECT_TRUE(recorder_.wait_for("TaskStarted")) << "while the worker is still at work";
  gate_.open();
  const auto row = engine_->wait(id);
  EXPECT_THAT(types(row), ::testing::ElementsAre("ExecutionStarted", "TaskStateEntered",
                                                 "TaskScheduled", "TaskStarted", "TaskSucceeded",
                                                 "TaskStateExited", "ExecutionSucceeded"));
}

TEST_F(EngineObserver, ProgressReachesObserversAndReaders) {
  add("orch:load", [&](const auto& task, auto& context) {
    context.report({"cedent", "staging", 42, 4'200, 100});
    gate_.pass();
    return task.input;
  });
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:load","End":true})"))
          .run_id;
  gate_.wait_for_arrivals(1);
  EXPECT_EQ(recorder_.rows(), 42);
  const auto reader = store::open_as_reader(path());
  const auto execution = reader->find(id).id;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::vector<store::ProgressRow> rows;
  while (rows.empty() && std::chrono::steady_clock::now() < deadline)
    rows = reader->progress(execution);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].key, "cedent");
  EXPECT_EQ(rows[0].rows, 42);
  EXPECT_EQ(rows[0].expected_rows, 100);
  gate_.open();
  engine_->wait(id);
  EXPECT_TRUE(reader->progress(execution).empty()) << "a run that has ended has none";
}

}  // namespace
}  // namespace orch::engine
