#include "bench/distributed_cases.h"

#include <atomic>
#include <fstream>
#include <future>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/definitions.h"
#include "bench/rig.h"
#include "orchestrator/store/open.h"

namespace orch::bench {
namespace {

constexpr const char* items_file = "items.jsonl";
constexpr int batch_length = 100;

double megabytes(const std::filesystem::path& file) {
  return std::filesystem::exists(file)
             ? static_cast<double>(std::filesystem::file_size(file)) / (1 << 20)
             : 0;
}

LinesMap map_over(const std::filesystem::path& folder, Children children) {
  LinesMap map{std::filesystem::absolute(folder).string(), items_file};
  map.express = children == Children::express;
  map.batch = children == Children::batches ? batch_length : 0;
  return map;
}

// Children that the store says are done; every one is one item and one task.
std::int64_t children_done(const std::filesystem::path& folder) {
  const auto reader = store::open_as_reader(folder / "runs.db");
  const auto parent = reader->list({}).at(0).id;
  std::int64_t done = 0;
  for (const auto& run : reader->map_runs(parent)) {
    for (const auto& counts : reader->count_children(parent, run.event))
      done += counts.status == execution::Status::succeeded ? counts.children : 0;
  }
  return done;
}

}  // namespace

void write_items(const std::filesystem::path& folder, int lines) {
  std::ofstream file(folder / items_file);
  for (int i = 0; i < lines; ++i)
    file << fmt::format(R"({{"id":{},"kind":"premium","amount":"{}.{:02}","open":true}})", i,
                        i % 9973, i % 100)
         << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write the items");
}

Figures map_of_lines(const std::filesystem::path& folder, int lines, Children children) {
  double took = 0;
  {
    Rig rig(folder);
    took = rig.run(lines_map(map_over(folder, children)), "{}");
  }
  return {{"lines_per_s", lines / took}, {"store_mb", megabytes(folder / "runs.db")}};
}

void half_of_lines(const std::filesystem::path& folder, int lines, const Child::Send& send) {
  std::atomic<int> done = 0;
  std::promise<void> half;
  Rig rig(folder, [&](const workers::Task& task, workers::TaskContext&) {
    if (++done == lines / 2) half.set_value();
    return task.input;
  });
  rig.engine().submit({"", "bench", lines_map(map_over(folder, Children::standard)), "{}", ""});
  half.get_future().wait();
  send({{"half", lines / 2}});
  rig.engine().wait_idle();
}

Figures rest_of_lines(const std::filesystem::path& folder, int lines) {
  const auto missing = lines - children_done(folder);
  std::atomic<std::int64_t> done = 0;
  std::atomic<double> first = 0;
  const auto start = Clock::now();
  Rig rig(folder, [&](const workers::Task& task, workers::TaskContext&) {
    if (++done == 1) first = seconds_since(start);
    return task.input;
  });
  const auto reader = store::open_as_reader(folder / "runs.db");
  rig.must_succeed(reader->list({}).at(0).made.run_id);
  return {{"seconds", first}, {"redone", static_cast<double>(done - missing)}};
}

}  // namespace orch::bench
