#include "bench/rig.h"

#include <stdexcept>
#include <utility>

#include "orchestrator/store/open.h"
#include "workers/map_items/items.h"

namespace orch::bench {
namespace {

class StepWorker final : public workers::Worker {
 public:
  explicit StepWorker(Step step) : step_(std::move(step)) {}
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    return step_(task, context);
  }

 private:
  Step step_;
};

}  // namespace

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

boost::json::value echo(const workers::Task& task, workers::TaskContext&) { return task.input; }

Rig::Rig(const std::filesystem::path& folder, Step step)
    : store_(store::open_as_owner(folder / "runs.db", "engine_bench")) {
  registry_.add("bench:step", std::make_unique<StepWorker>(std::move(step)));
  registry_.set_outside(map_items::make_outside());
  engine_ = std::make_unique<engine::Engine>(*store_, registry_);
}

void Rig::must_succeed(const std::string& run_id) {
  const auto row = engine_->wait(run_id);
  if (row.status != execution::Status::succeeded)
    throw std::runtime_error("a run failed: " + row.error.value_or("") + row.cause.value_or(""));
}

double Rig::run(const std::string& definition, const std::string& input) {
  const auto start = Clock::now();
  const auto run_id = engine_->submit({"", "bench", definition, input, ""}).run_id;
  must_succeed(run_id);
  return seconds_since(start);
}

}  // namespace orch::bench
