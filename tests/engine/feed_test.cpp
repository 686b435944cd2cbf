// What subscribers hear, and what they are told when they were too slow.
#include "orchestrator/engine/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

const std::string one = "1", other = "2";

store::ExecutionRow row_of(const std::string& id, execution::Status status) {
  store::ExecutionRow row;
  row.made.run_id = id;
  row.status = status;
  return row;
}

std::vector<execution::Event> events_from(execution::EventId first, std::size_t count,
                                          std::size_t bytes = 2) {
  std::vector<execution::Event> events(count);
  for (auto& event : events) {
    event.id = first++;
    event.payload = json::Payload::of_text('"' + std::string(bytes - 2, 'x') + '"');
  }
  return events;
}

std::vector<execution::EventId> ids(const FeedBatch& batch) {
  std::vector<execution::EventId> all;
  for (const auto& news : batch.news)
    if (const auto* committed = std::get_if<Committed>(&news.what))
      for (const auto& event : committed->events) all.push_back(event.id);
  return all;
}

TEST(Feed, TellsOfTheRunThatIsOfInterestInOrder) {
  Feed feed;
  const auto subscription = feed.subscribe({.run = one});
  feed.on_events(row_of(one, execution::Status::running), events_from(1, 2));
  feed.on_events(row_of(other, execution::Status::running), events_from(1, 7));
  feed.on_progress(one, execution::Ticket{3}, {"t", "staging", 10, 0, {}});
  feed.on_events(row_of(one, execution::Status::succeeded), events_from(3, 1));
  EXPECT_TRUE(subscription->wait(Millis{0}));
  const auto batch = subscription->read();
  EXPECT_FALSE(batch.missed);
  EXPECT_THAT(ids(batch), ::testing::ElementsAre(1, 2, 3));
  ASSERT_EQ(batch.news.size(), 3u);
  EXPECT_EQ(std::get<TaskProgress>(batch.news[1].what).progress.rows, 10);
  EXPECT_LT(batch.news[0].cursor, batch.news[1].cursor);
  EXPECT_FALSE(subscription->wait(Millis{0}));
  EXPECT_TRUE(subscription->read().news.empty());
}

TEST(Feed, TellsOfEndsAlone) {
  Feed feed;
  const auto ends = feed.subscribe({.ends = true});
  feed.on_events(row_of(one, execution::Status::running), events_from(1, 2));
  feed.on_progress(one, execution::Ticket{3}, {});
  EXPECT_FALSE(ends->wait(Millis{0}));
  feed.on_events(row_of(one, execution::Status::failed), events_from(3, 1));
  EXPECT_EQ(ends->read().news.size(), 1u);
}

TEST(Feed, KeepsABoundedNumberForASlowReaderAndSaysSo) {
  Feed feed;
  const auto slow = feed.subscribe({.run = one}, {.news = 3});
  const auto wide = feed.subscribe({.run = one}, {.bytes = 40'000});
  for (int i = 1; i <= 10; ++i)
    feed.on_events(row_of(one, execution::Status::running), events_from(i, 1, 10'000));
  const auto few = slow->read();
  EXPECT_TRUE(few.missed);
  EXPECT_THAT(ids(few), ::testing::ElementsAre(8, 9, 10));
  const auto bounded = wide->read();
  EXPECT_TRUE(bounded.missed);
  EXPECT_THAT(ids(bounded), ::testing::ElementsAre(8, 9, 10));
  feed.on_events(row_of(one, execution::Status::running), events_from(11, 1));
  EXPECT_FALSE(slow->read().missed) << "said once";
}

TEST(Feed, OneTaskWakesOneWhoWaitsForTheActivityAndAnEndAllWhoWaitForTheRun) {
  Feed feed;
  auto& watchers = feed.watchers();
  std::array<int, 4> woken{};
  for (auto& each : woken) {
    const Subject subject =
        &each - woken.data() < 2 ? Subject(ActivityName{"arn"}) : Subject(RunName{one});
    ASSERT_TRUE(watchers.add(subject, watchers.count(subject), &each, [&each] { ++each; }));
  }
  feed.on_activity_task("arn");
  EXPECT_THAT(woken, ::testing::ElementsAre(1, 0, 0, 0));
  feed.on_events(row_of(one, execution::Status::running), events_from(1, 1));
  EXPECT_THAT(woken, ::testing::ElementsAre(1, 0, 0, 0));
  feed.on_events(row_of(one, execution::Status::aborted), events_from(2, 1));
  EXPECT_THAT(woken, ::testing::ElementsAre(1, 0, 1, 1));
}

TEST(Feed, APulseTellsOnceHoweverMuchHasHappened) {
  Feed feed;
  const auto pulse = feed.pulse();
  EXPECT_FALSE(pulse->wait(Millis{0}));
  for (int i = 1; i <= 3; ++i)
    feed.on_events(row_of(one, execution::Status::running), events_from(i, 1));
  EXPECT_TRUE(pulse->wait(Millis{0}));
  EXPECT_FALSE(pulse->wait(Millis{0}));
  pulse->wake();
  EXPECT_TRUE(pulse->wait(Millis{0}));
}

class FeedOfEngine : public EngineTest {
 protected:
  FeedOfEngine() {
    end();
    observer_ = &feed_;
    start();
  }
  ~FeedOfEngine() override { end(); }

  Feed feed_;
};

TEST_F(FeedOfEngine, HasEveryEventOfTheHistory) {
  const auto all = feed_.subscribe({});
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Wait","Seconds":600,"End":true})")).run_id;
  engine_->stop(id, "Enough", "");
  const auto row = engine_->wait(id);
  std::vector<execution::EventId> stored;
  store_->history(row.id, 0, [&](const execution::Event& event) { stored.push_back(event.id); });
  std::vector<execution::EventId> heard;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (heard.size() < stored.size() && std::chrono::steady_clock::now() < deadline) {
    all->wait(Millis{100});
    for (const auto each : ids(all->read())) heard.push_back(each);
  }
  EXPECT_EQ(heard, stored);
}

}  // namespace
}  // namespace orch::engine
