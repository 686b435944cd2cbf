// Engines with slots and triggers that die at random named points and at random instants, thousands
// of them: a life is a forked child, which costs some milliseconds instead of the start of a
// program. ORCH_KILLS says how many deaths there are to be, ORCH_KILLS_SECONDS for how long.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <random>
#include <sys/mman.h>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/engine/engine.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "tests/engine/fires_once.h"
#include "tests/engine/forked.h"
#include "tests/engine/needing.h"
#include "tests/support/temp_folder.h"

namespace orch::engine {
namespace {

constexpr std::int64_t of_core = 2;   // tasks at a time
constexpr std::int64_t of_heavy = 1;  // of the pipeline that is limited itself
constexpr int lives_of_a_store = 40;  // then a fresh one: what is looked at stays small
constexpr int most_passes = 6;        // of a point, before it kills
constexpr long first_second = 1'800'000'000;

constexpr std::array points = {
    "engine.before_commit",   "engine.after_commit", "engine.before_dispatch",
    "engine.command",         "engine.decide",       "engine.dispatch",
    "engine.evolve",          "engine.fire",         "engine.fold",
    "engine.result_received", "store.commit",        "store.committed",
    "store.encode",           "store.write"};

constexpr const char* definition =
    R"({"StartAt":"Both","States":{"Both":{"Type":"Parallel","End":true,
  "Branches":[
    {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"test:work",
      "Parameters":{"connection":"core"},"End":true}}},
    {"StartAt":"B","States":{"B":{"Type":"Task","Resource":"test:work",
      "Parameters":{"connection":"core"},"End":true}}}]}}})";

/// What lives tell the process that outlives them.
struct Told {
  std::atomic<std::int64_t> worked = 0;  ///< tasks
  std::atomic<std::int64_t> most = 0;    ///< tasks at work at a time
};

Instant at(long second) { return Instant{std::chrono::seconds(second)}; }

class CountingWorker final : public workers::Worker {
 public:
  explicit CountingWorker(Told& told) : told_(told) {}

  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    const auto now = ++at_work_;
    auto most = told_.most.load();
    while (now > most && !told_.most.compare_exchange_weak(most, now)) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    ++told_.worked;
    --at_work_;
    return task.input;
  }

 private:
  Told& told_;
  std::atomic<std::int64_t> at_work_ = 0;
};

/// Deploys what is not deployed.
void deploy(store::Store& store, Instant now) {
  store.machines().transact([&] {
    auto& pipelines = store.pipelines();
    for (const auto& [name, rules] : std::map<std::string, std::string>{
             {"allow", R"("overlap":"allow","limits":{"priority":5})"},
             {"heavy",
              fmt::format(R"("overlap":"queue_all","limits":{{"tags":{{"test:work":{}}}}})",
                          of_heavy)},
             {"runs", R"("overlap":"allow","limits":{"runs":1})"},
             {"skip", R"("overlap":"skip")"}}) {
      if (pipelines.find(name)) continue;
      store::PipelineRevision revision;
      revision.document = fmt::format(
          R"({{"workflow":"w",{},"triggers":{{"t":{{"schedule":"@every 1s"}}}}}})", rules);
      revision.workflow = name;
      revision.definition_hash = store::definition_hash(definition);
      pipelines.put({name, "", pipelines.add_revision(name, revision, definition), now});
    }
  });
}

/// Two lives in a row died while it was decided: somebody looks at it and resumes it.
void resume_what_is_set_aside(Engine& engine, store::Store& reader) {
  for (const auto& row : reader.list({.status = execution::Status::running, .limit = -1}))
    if (row.set_aside) engine.redrive(row.made.run_id, {});
}

/// Nothing is under way, nothing waits to be started, and no slot is held.
bool is_at_rest(store::Store& reader) {
  auto& pipelines = reader.pipelines();
  const auto waits = [&](const store::PipelineRow& pipeline) {
    return !pipelines.fires({.pipeline = pipeline.name, .outcome = store::FireOutcome::queued})
                .empty();
  };
  return reader.list({.status = execution::Status::running}).empty() &&
         std::ranges::none_of(pipelines.list(), waits) && reader.limits().slots().empty();
}

/// An engine whose schedules fire each second until `second`, and that then works off all it has.
void live(const std::filesystem::path& file, long second, Told& told) {
  const auto store = store::open_as_owner(file, "kills_test");
  deploy(*store, at(first_second));
  workers::Registry registry;
  workers::Need core;
  core.at_once = of_core;
  TestNeeding::of(registry)->set(core);
  registry.add("test:work", std::make_unique<CountingWorker>(told));
  Options options;
  options.workers = 4;
  options.triggers = true;
  options.wall = [second] { return at(second); };
  Engine engine(*store, registry, options);
  engine.take_activity_task("none", "");  // a turn, which decides what is due
  const auto reader = store::open_as_reader(file);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!is_at_rest(*reader)) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "a run, a fire or a slot is left";
    engine.wait_idle();
    resume_what_is_set_aside(engine, *reader);
    engine.take_activity_task("none", "");  // another turn
  }
}

/// What the store says of slots, whatever has just died.
void expect_slots_within_limits(const std::filesystem::path& file) {
  const auto store = store::open_as_reader(file);
  std::map<std::string, std::int64_t> held;
  for (const auto& row : store->limits().slots())
    if (row.held) ++held[row.slot];
  for (const auto& [slot, count] : held) {
    const auto limit = slot == "connection core" ? of_core : 1;
    EXPECT_LE(count, limit) << slot;
  }
}

void expect_all_is_done(const std::filesystem::path& file, long second) {
  const auto store = store::open_as_reader(file);
  for (const auto& row : store->list({.limit = -1}))
    EXPECT_EQ(row.status, execution::Status::succeeded)
        << row.made.run_id << " set aside: " << row.set_aside.value_or("no");
  expect_each_once(*store, at(first_second), at(second));
}

std::int64_t number_of(const char* variable, std::int64_t otherwise) {
  const auto* text = std::getenv(variable);
  return text ? std::atoll(text) : otherwise;
}

class Kills : public ::testing::Test {
 protected:
  Kills() {
    void* shared =
        mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    told_ = new (shared) Told;
  }
  ~Kills() override { munmap(told_, sizeof(Told)); }

  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }

  /// One life after another on a store, then one that is left to its end.
  void wear_out_a_store() {
    const test::TempFolder folder;
    const auto file = folder / "orch.db";
    auto second = first_second;
    ASSERT_TRUE(succeeded(in_child("none", [&] { live(file, second, *told_); })));
    for (int life = 0; life < lives_of_a_store; ++life) {
      second += pick(3);
      const auto status = one_life(file, second);
      ASSERT_TRUE(was_killed(status) || succeeded(status)) << status;
      kills_ += was_killed(status);
      ASSERT_TRUE(succeeded(in_child("none", [&] { expect_slots_within_limits(file); })));
    }
    ASSERT_TRUE(succeeded(in_child("none", [&] { live(file, second, *told_); })));
    ASSERT_TRUE(succeeded(in_child("none", [&] { expect_all_is_done(file, second); })));
  }

  int one_life(const std::filesystem::path& file, long second) {
    if (pick(3) > 0) {
      const auto* point = points.at(static_cast<std::size_t>(pick(points.size())));
      return in_child(fmt::format("{}:{}:kill", point, 1 + pick(most_passes)),
                      [&] { live(file, second, *told_); });
    }
    const std::chrono::microseconds instant(pick(20'000));
    return in_child("none", [&] {
      std::thread([instant] {
        std::this_thread::sleep_for(instant);
        std::raise(SIGKILL);
      }).detach();
      live(file, second, *told_);
    });
  }

  Told* told_;
  std::int64_t kills_ = 0;
  std::mt19937 random_{std::random_device()()};
};

TEST_F(Kills, LeaveNoSlotAndNoFireTimeBehind) {
  const auto wanted = number_of("ORCH_KILLS", 10'000);
  const std::chrono::seconds patience(number_of("ORCH_KILLS_SECONDS", 30));
  const auto began = std::chrono::steady_clock::now();
  const auto until = began + patience;
  while (kills_ < wanted && std::chrono::steady_clock::now() < until && !HasFailure())
    wear_out_a_store();
  const auto took = std::chrono::steady_clock::now() - began;
  fmt::print("{} kills in {} s, {} tasks done, at most {} at a time\n", kills_,
             std::chrono::duration_cast<std::chrono::seconds>(took).count(), told_->worked.load(),
             told_->most.load());
  EXPECT_GE(kills_, 20);
  EXPECT_GT(told_->worked, 0);
  EXPECT_LE(told_->most, of_core);
}

}  // namespace
}  // namespace orch::engine
