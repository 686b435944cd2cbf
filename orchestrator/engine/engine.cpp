#include "orchestrator/engine/engine.h"

#include "orchestrator/engine/core.h"

namespace orch::engine {

Engine::Engine(store::Store& store, const workers::Registry& registry, Options options,
               Observer* observer)
    : registry_(registry), core_(std::make_unique<Core>(store, registry, options, observer)) {}

Engine::~Engine() = default;

Submitted Engine::submit(const Submission& submission) { return core_->start(submission).get(); }

std::future<Submitted> Engine::start(Submission submission) {
  return core_->start(std::move(submission));
}

std::optional<ActivityTask> Engine::take_activity_task(const std::string& activity,
                                                       const std::string& worker) {
  return core_->take_activity_task(activity, worker);
}

void Engine::give_back(const std::string& token) { core_->give_back(token); }

void Engine::report(const std::string& token, const TokenReport& report) {
  core_->report(token, report);
}

std::string Engine::redrive(const std::string& run, const Redrive& redrive) {
  return core_->redrive(run, redrive);
}

std::string Engine::stop(const std::string& run, const std::string& error,
                         const std::string& cause) {
  return core_->stop(run, error, cause);
}

void Engine::pause(const std::string& run) { core_->pause_run(run); }

void Engine::update_map_run(const std::string& name, const store::MapRunLimits& limits) {
  core_->update_map_run(name, limits);
}

store::ExecutionRow Engine::wait(const std::string& run_id) { return core_->wait(run_id); }

void Engine::wait_idle() { core_->wait_idle(); }

void Engine::drain(Millis patience) { core_->drain(patience); }

}  // namespace orch::engine
