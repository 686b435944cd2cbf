#include "workers/perform.h"

#include <algorithm>
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

/// False: the task waits.
bool admitted(const Registry& registry, const Task& task, TaskContext& context) {
  const auto* needing = registry.needing();
  if (!needing) return true;
  const auto needs = needing->needs_of(task);
  if (needs.empty()) return true;
  const auto answer = context.admit(needs);
  if (!answer.go || answer.ask_first.empty()) return answer.go;
  std::vector<std::string> answered;
  bool go = true;
  for (const auto& connection : answer.ask_first) {
    if (needing->answers(task, connection))
      answered.push_back(connection);
    else
      go = go && std::ranges::find(answer.go_anyway, connection) != answer.go_anyway.end();
  }
  if (!answered.empty()) context.answered(answered);
  return go;
}

}  // namespace

Outcome perform(const Registry& registry, Task& task, std::string input, TaskContext& context) {
  if (context.stop_requested()) return {};
  try {
    auto& worker = worker_of(registry, task);
    task.input = json::parse(std::exchange(input, {}));
    if (!admitted(registry, task, context)) return {Outcome::Kind::held, "", "", ""};
    return {Outcome::Kind::done, json::write(worker.run(task, context)), "", ""};
  } catch (const TaskFailed& failure) {
    return failed(failure);
  } catch (const Waits& waits) {
    return {Outcome::Kind::waits, "", "", "", waits.names()};
  } catch (const NotAdmitted&) {
    return {Outcome::Kind::held, "", "", ""};
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
