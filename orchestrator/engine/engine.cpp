#include "orchestrator/engine/engine.h"

#include "orchestrator/engine/core.h"
#include "orchestrator/engine/fire.h"

namespace orch::engine {

Engine::Engine(store::Store& store, const workers::Registry& registry, Options options,
               Observer* observer)
    : core_(std::make_unique<Core>(store, registry, std::move(options), observer)) {}

Engine::~Engine() = default;

Submitted Engine::submit(const Submission& submission) { return start(submission).get(); }

std::future<Submitted> Engine::start(Submission submission) {
  if (submission.pipeline) return core_->fires.start(std::move(submission));
  return core_->submissions.start(std::move(submission));
}

Fired Engine::fire(const Fire& fire) { return core_->fires.fire(fire).get(); }

void Engine::pipelines_changed() { core_->schedules.changed(); }

std::optional<ActivityTask> Engine::take_activity_task(const std::string& activity,
                                                       const std::string& worker) {
  return core_->activities.take_task(activity, worker);
}

void Engine::give_back(const std::string& token) { core_->activities.give_back(token); }

std::shared_ptr<Completion> Engine::report(const std::string& token, const TokenReport& report) {
  return core_->activities.report(token, report);
}

std::string Engine::redrive(const std::string& run, const Redrive& redrive) {
  return core_->controls.redrive(run, redrive);
}

std::string Engine::stop(const std::string& run, const std::string& error,
                         const std::string& cause) {
  return core_->controls.stop(run, error, cause);
}

void Engine::pause(const std::string& run) { core_->controls.pause(run); }

void Engine::hold(const store::HoldRow& hold) {
  core_->commands.tell([&] { core_->admission.hold(hold); });
  if (hold.mode == store::HoldMode::pause)
    core_->commands.tell([&] { core_->tasks.stop_for(hold); });
}

bool Engine::release(const std::string& subject) {
  return core_->commands.ask<bool>([&] { return core_->admission.release(subject); }).get();
}

void Engine::update_map_run(const std::string& name, const store::MapRunLimits& limits) {
  core_->map_runs.update(name, limits);
}

store::ExecutionRow Engine::wait(const std::string& run_id) { return core_->waiters.wait(run_id); }

void Engine::wait_idle() { core_->waiters.wait_idle(); }

void Engine::drain(Millis patience) { core_->tasks.drain(patience); }

}  // namespace orch::engine
