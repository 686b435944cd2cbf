// Random valid workflows under random outcomes in random order. ORCH_SEED=n repeats one.
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/execution/scenario.h"

namespace orch::test {
namespace {

using execution::EventType;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : engine_(seed) {}

  int below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool chance(int percent) { return below(100) < percent; }

  /// A flow of one to four states; `depth` bounds the nesting.
  std::string flow(int depth) {
    const int length = 1 + below(4);
    std::vector<std::string> names;
    for (int i = 0; i < length; ++i) names.push_back(fmt::format("S{}", counter_++));
    std::string states;
    for (int i = 0; i < length; ++i) {
      const auto next = i + 1 < length ? names[static_cast<std::size_t>(i) + 1] : "";
      states += fmt::format("{}\"{}\":{}", i ? "," : "", names[static_cast<std::size_t>(i)],
                            state(next, depth));
    }
    return fmt::format(R"("StartAt":"{}","States":{{{}}})", names.front(), states);
  }

 private:
  std::string state(const std::string& next, int depth) {
    const auto go =
        next.empty() ? std::string(R"("End":true)") : fmt::format(R"("Next":"{}")", next);
    switch (below(depth > 0 ? 7 : 4)) {
      case 0:
        return fmt::format(R"({{"Type":"Pass",{}}})", go);
      case 1:
        return fmt::format(R"({{"Type":"Wait","Seconds":{},{}}})", below(5), go);
      case 4:
        return fmt::format(R"({{"Type":"Parallel","Branches":[{{{}}},{{{}}}],{}{}}})",
                           flow(depth - 1), flow(depth - 1), handlers(next), go);
      case 5:
      case 6:
        return fmt::format(
            R"({{"Type":"Map","ItemsPath":"$$.Execution.Input.items","MaxConcurrency":{},"ItemProcessor":{{{}}},{}{}}})",
            below(4), flow(depth - 1), handlers(next), go);
      default:
        return fmt::format(R"({{"Type":"Task","Resource":"orch:noop",{}{}}})", handlers(next), go);
    }
  }

  std::string handlers(const std::string& next) {
    std::string text;
    if (chance(40))
      text += fmt::format(
          R"("Retry":[{{"ErrorEquals":["Flaky"],"MaxAttempts":{},"IntervalSeconds":2}}],)",
          below(3));
    if (chance(40) && !next.empty())
      text += fmt::format(R"("Catch":[{{"ErrorEquals":["States.ALL"],"Next":"{}"}}],)", next);
    return text;
  }

  std::mt19937_64 engine_;
  int counter_ = 0;
};

std::string snapshot(const execution::Execution& execution) {
  std::string text = fmt::format("{} {} {}", to_string(execution.status()), execution.last_event(),
                                 execution.has_more());
  for (const auto& task : execution.open_tasks())
    text += fmt::format(" task {} {} {} {}", static_cast<std::int64_t>(task.ticket), task.state,
                        task.attempt, task.parameters.text());
  for (const auto& timer : execution.open_timers())
    text += fmt::format(" timer {} {}", timer.timer, timer.due.time_since_epoch().count());
  return text;
}

/// One random thing that may happen to the run now.
decltype(execution::Stimulus::what) happening(Generator& random, const execution::Execution& run) {
  const auto tasks = run.open_tasks();
  const auto timers = run.open_timers();
  const auto pick = [&](const auto& list) -> const auto& {
    return list[static_cast<std::size_t>(random.below(static_cast<int>(list.size())))];
  };
  if (random.chance(3)) return execution::TaskDone{execution::Ticket{random.below(60)}, {}};
  if (random.chance(3)) return execution::TimerDue{random.below(60)};
  if (!tasks.empty() && (timers.empty() || random.chance(70))) {
    const auto ticket = pick(tasks).ticket;
    if (random.chance(20)) return execution::TaskBegun{ticket};
    if (random.chance(15)) return execution::TaskBroken{ticket, {"Flaky", "now and then"}};
    if (random.chance(5)) return execution::TaskBroken{ticket, {"Fatal", ""}};
    if (random.chance(3)) return execution::HeartbeatMissed{ticket};
    return execution::TaskDone{ticket, json::Payload::of_text("{\"done\":1}")};
  }
  if (!timers.empty()) return execution::TimerDue{pick(timers).timer};
  return execution::Redrive{};
}

/// Runs to the end, with a few redrives of failures; checks after every stimulus.
void run_once(std::uint64_t seed) {
  SCOPED_TRACE(fmt::format("ORCH_SEED={}", seed));
  Generator random(seed);
  const auto definition = "{" + random.flow(3) + "}";
  SCOPED_TRACE(definition);
  const std::string input = R"({"items":[1,{"a":2},"three"]})";
  Scenario scenario(definition, input);
  auto live = scenario.folded();
  std::vector<execution::Event> events;
  std::int64_t at = 0;
  int redrives = 0;
  const auto deliver = [&](decltype(execution::Stimulus::what) what) {
    const execution::Stimulus stimulus{start_instant() + Millis{at += 100}, seed, std::move(what)};
    auto copy = live.copy();
    auto decided = copy.decide(stimulus);
    const auto same = live.decide(stimulus);
    ASSERT_EQ(decided.size(), same.size());
    for (std::size_t i = 0; i < same.size(); ++i)
      ASSERT_EQ(test::describe(decided[i]), test::describe(same[i])) << "what a copy decides";
    live = std::move(copy);
    for (auto& event : decided) events.push_back(std::move(event));
  };
  deliver(execution::Start{});
  for (int step = 0; step < 2'000; ++step) {
    if (live.has_more()) {
      deliver(execution::Continue{});
    } else if (live.status() == execution::Status::running) {
      deliver(happening(random, live));
    } else if (live.status() != execution::Status::succeeded && redrives++ < 3) {
      deliver(execution::Redrive{});
    } else {
      break;
    }
    if (step % 7 == 0) {
      auto folded = scenario.folded();
      for (const auto& event : events) folded.evolve(event);
      ASSERT_EQ(snapshot(folded), snapshot(live)) << "folding gives the live state";
      live = std::move(folded);
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(events[i].id, static_cast<execution::EventId>(i) + 1) << "no gaps";
    ASSERT_LT(events[i].previous, events[i].id);
  }
  EXPECT_NE(live.status(), execution::Status::running) << snapshot(live);
}

TEST(MachineProperty, RandomRunsEndAndFoldToTheLiveState) {
  if (const char* seed = std::getenv("ORCH_SEED"))
    return run_once(std::strtoull(seed, nullptr, 10));
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    run_once(seed);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(MachineProperty, OutputDoesNotDependOnTheOrderOfCompletion) {
  const std::string definition =
      R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","End":true,)"
      R"("ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[)"
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"orch:noop","End":true}}},)"
      R"({"StartAt":"B","States":{"B":{"Type":"Task","Resource":"orch:noop","End":true}}}]}}}}}})";
  std::string first;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Generator random(seed);
    Scenario scenario(definition, R"({"items":[1,2,3,4,5]})");
    scenario.stimulate(0, execution::Start{});
    for (auto tasks = scenario.folded().open_tasks(); !tasks.empty();
         tasks = scenario.folded().open_tasks()) {
      const auto& task =
          tasks[static_cast<std::size_t>(random.below(static_cast<int>(tasks.size())))];
      scenario.stimulate(1, execution::TaskDone{task.ticket, json::Payload::of_text(fmt::format(
                                                                 "[\"{}\",{}]", task.state,
                                                                 task.parameters.text()))});
    }
    const auto output = scenario.folded().output().text();
    if (seed == 1) first = output;
    EXPECT_EQ(output, first);
  }
  EXPECT_EQ(first.substr(0, 31), R"([[["A",1],["B",1]],[["A",2],["B)");
}

TEST(MachineProperty, AMapOfManyItemsGoesOnInBoundedTurns) {
  const std::string definition =
      R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"MaxConcurrency":5000,)"
      R"("ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}}})";
  std::string input = "[0";
  for (int i = 1; i < 5'000; ++i) input += fmt::format(",{}", i);
  input += "]";
  Scenario scenario(definition, input);
  auto run = scenario.folded();
  execution::Stimulus stimulus{start_instant(), 1, execution::Start{}};
  int turns = 0;
  for (; turns == 0 || run.has_more(); ++turns) {
    EXPECT_LT(run.decide(stimulus).size(), 10'000u);
    stimulus.what = execution::Continue{};
  }
  EXPECT_GT(turns, 4);
  EXPECT_EQ(run.status(), execution::Status::succeeded);
  EXPECT_EQ(run.output().text(), input);
}

}  // namespace
}  // namespace orch::test
