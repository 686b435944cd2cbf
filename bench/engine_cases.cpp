#include "bench/engine_cases.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/definitions.h"
#include "bench/rig.h"
#include "orchestrator/store/open.h"

namespace orch::bench {
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
  if (std::ssize(reader->list({execution::Status::succeeded, -1})) != runs)
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
