#include "bench/engine_cases.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/definitions.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/store/sqlite_store.h"

namespace orch::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

using Step = std::function<boost::json::value(const workers::Task&, workers::TaskContext&)>;

class StepWorker final : public workers::Worker {
 public:
  explicit StepWorker(Step step) : step_(std::move(step)) {}
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    return step_(task, context);
  }

 private:
  Step step_;
};

boost::json::value echo(const workers::Task& task, workers::TaskContext&) { return task.input; }

/// An engine on a store of its own whose "bench:step" does `step`.
class Rig {
 public:
  explicit Rig(const std::filesystem::path& folder, Step step = echo)
      : store_(store::open_as_owner(folder / "runs.db", "engine_bench")) {
    registry_.add("bench:step", std::make_unique<StepWorker>(std::move(step)));
    engine_ = std::make_unique<engine::Engine>(*store_, registry_);
  }

  engine::Engine& engine() { return *engine_; }

  /// Throws unless the run succeeds: a figure of a run that failed means nothing.
  void must_succeed(const std::string& run_id) {
    const auto row = engine_->wait(run_id);
    if (row.status != machine::Status::succeeded)
      throw std::runtime_error("a run failed: " + row.error.value_or("") + row.cause.value_or(""));
  }

  double run(const std::string& definition, const std::string& input) {
    const auto start = Clock::now();
    const auto run_id = engine_->submit({"", "bench", definition, input, ""}).run_id;
    must_succeed(run_id);
    return seconds_since(start);
  }

 private:
  std::unique_ptr<store::Store> store_;
  workers::Registry registry_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace

Figures sequential_tasks(const std::filesystem::path& folder, int steps) {
  Rig rig(folder);
  return {{"steps_per_s", steps / rig.run(task_chain(steps), "{}")}};
}

Figures sequential_passes(const std::filesystem::path& folder, int steps) {
  Rig rig(folder);
  return {{"states_per_s", steps / rig.run(pass_chain(steps), "{}")}};
}

Figures many_runs(const std::filesystem::path& folder, int runs, int steps) {
  Rig rig(folder);
  const auto definition = task_chain(steps);
  const auto start = Clock::now();
  for (int i = 0; i < runs; ++i) rig.engine().start({"", "bench", definition, "{}", ""});
  rig.engine().wait_idle();
  const auto took = seconds_since(start);
  const auto reader = store::open_as_reader(folder / "runs.db");
  if (std::ssize(reader->list({machine::Status::succeeded, -1})) != runs)
    throw std::runtime_error("a run failed");
  return {{"steps_per_s", runs * steps / took}};
}

Figures map_of(const std::filesystem::path& folder, int items) {
  Rig rig(folder);
  return {{"seconds", rig.run(task_map(0), numbers(items))}};
}

Figures first_task(const std::filesystem::path& folder, int rounds) {
  std::atomic<Clock::time_point> entered;
  Rig rig(folder, [&](const workers::Task& task, workers::TaskContext&) {
    entered = Clock::now();
    return task.input;
  });
  const auto definition = task_chain(1);
  std::vector<double> latencies;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    rig.must_succeed(rig.engine().submit({"", "bench", definition, "{}", ""}).run_id);
    latencies.push_back(std::chrono::duration<double, std::milli>(entered.load() - start).count());
  }
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](std::size_t percent) {
    return latencies[std::min(latencies.size() - 1, latencies.size() * percent / 100)];
  };
  return {{"p50_ms", at(50)}, {"p99_ms", at(99)}};
}

namespace {

constexpr int tasks_a_run = 100;

}  // namespace

void open_tasks(const std::filesystem::path& folder, int tasks, const Child::Send& send) {
  Rig rig(folder, [](const workers::Task&, workers::TaskContext& context) -> boost::json::value {
    while (!context.stop_requested()) std::this_thread::sleep_for(std::chrono::seconds(1));
    throw workers::Cancelled();
  });
  for (int i = 0; i < tasks / tasks_a_run; ++i)
    rig.engine().submit({"", "bench", task_map(0), numbers(tasks_a_run), ""});
  // A submit returns when its first turn is committed, and the tasks are scheduled in it.
  send({{"open", tasks}});
  rig.engine().wait_idle();
}

Figures recovery(const std::filesystem::path& folder, int tasks) {
  std::atomic<int> begun = 0;
  std::promise<void> all;
  const auto start = Clock::now();
  Rig rig(folder, [&](const workers::Task& task, workers::TaskContext&) {
    if (++begun == tasks) all.set_value();
    return task.input;
  });
  all.get_future().wait();
  return {{"seconds", seconds_since(start)}};
}

}  // namespace orch::bench
