#include "workers/perform.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"

namespace orch::workers {
namespace {

Worker& worker_of(const Registry& registry, const Task& task) {
  if (auto* worker = registry.find(task.resource)) return *worker;
  throw TaskFailed(
      "Resource.Unknown",
      fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}", task.resource,
                  task.state, did_you_mean(task.resource, registry.resources())),
      "bind it to a worker, an endpoint or a program with --bindings", "ORCH-0204");
}

Outcome failed(const TaskFailed& failure) {
  return {Outcome::Kind::failed, "", failure.error(), failure.cause()};
}

Outcome failed(const std::string& message) {
  return failed(TaskFailed("States.TaskFailed", message));
}

}  // namespace

Outcome perform(const Registry& registry, Task& task, std::string input, TaskContext& context) {
  if (context.stop_requested()) return {};
  try {
    auto& worker = worker_of(registry, task);
    task.input = json::parse(std::exchange(input, {}));
    return {Outcome::Kind::done, json::write(worker.run(task, context)), "", ""};
  } catch (const TaskFailed& failure) {
    return failed(failure);
  } catch (const Waits& waits) {
    return {Outcome::Kind::waits, "", "", "", waits.names()};
  } catch (const Cancelled&) {
    if (context.stop_requested()) return {};
    return failed("the worker gave up without having been asked");
  } catch (const Error& error) {
    return failed(TaskFailed("States.TaskFailed", error.what(), error.hint(), error.code()));
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("the worker failed in a way it did not name");
  }
}

}  // namespace orch::workers
