// What the engine's cases run on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/engine/engine.h"
#include "orchestrator/store/store.h"
#include "workers/worker.h"

namespace orch::bench {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start);

using Step = std::function<boost::json::value(const workers::Task&, workers::TaskContext&)>;

/// The no-op task: its result is its input.
boost::json::value echo(const workers::Task& task, workers::TaskContext& context);

/// An engine on the store "runs.db" in `folder`; the resource "bench:step" does `step`, on several
/// threads.
class Rig {
 public:
  explicit Rig(const std::filesystem::path& folder, Step step = echo);

  engine::Engine& engine() { return *engine_; }
  /// Throws std::runtime_error unless the run succeeds: a figure of one that failed means nothing.
  void must_succeed(const std::string& run_id);
  /// Seconds from the submission until the run has succeeded.
  double run(const std::string& definition, const std::string& input);

 private:
  std::unique_ptr<store::Store> store_;
  workers::Registry registry_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace orch::bench
