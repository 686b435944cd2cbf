// A process for restart_test to kill: owns a store, runs or continues the run "victim" and prints
// its outcome. Usage: engine_victim STORE EFFECTS
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/engine/engine.h"
#include "orchestrator/store/open.h"
#include "tests/engine/known_machines.h"

namespace {

using namespace orch;

/// Writes a line for each delivery, so that the test can count them.
class EffectWorker final : public workers::Worker {
 public:
  explicit EffectWorker(const char* path)
      : file_(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  ~EffectWorker() override { close(file_); }

  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    const auto line = fmt::format("{} {} {} {}\n", task.run, task.state, task.ticket, task.fence);
    if (write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      throw workers::TaskFailed("Effect.Failed", "cannot write");
    if (task.state == "Broken") throw workers::TaskFailed("Broken", "as ever");
    return task.input;
  }

 private:
  int file_;
};

constexpr auto definition = R"({"StartAt": "First", "States": {
  "First": {"Type": "Task", "Resource": "test:effect", "Next": "Pause"},
  "Pause": {"Type": "Wait", "Seconds": 0, "Next": "Broken"},
  "Broken": {"Type": "Task", "Resource": "test:effect", "End": true,
    "Catch": [{"ErrorEquals": ["Broken"], "ResultPath": null, "Next": "Told"}]},
  "Told": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "ResultPath": null,
    "Parameters": {"StateMachineArn": "alone", "Input.$": "$"}, "Next": "Nested"},
  "Nested": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {"StateMachineArn": "waited for", "Input.$": "$"}, "OutputPath": "$.Output",
    "Next": "All"},
  "All": {"Type": "Map", "MaxConcurrency": 2, "Next": "Both", "ItemProcessor": {
    "StartAt": "Item", "States": {"Item": {"Type": "Task", "Resource": "test:effect", "End": true}}}},
  "Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "Left", "States": {"Left": {"Type": "Task", "Resource": "test:effect", "End": true}}},
    {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "End": true}}}]}}})";

constexpr auto started = R"({"StartAt": "Inner", "States": {
  "Inner": {"Type": "Task", "Resource": "test:effect", "End": true}}})";

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    const auto store = store::open_as_owner(argv[1], "engine_victim");
    workers::Registry registry;
    registry.add("test:effect", std::make_unique<EffectWorker>(argv[2]));
    engine::Options options;
    options.nested = std::make_shared<engine::KnownMachines>(
        std::map<std::string, std::string>{{"alone", started}, {"waited for", started}});
    engine::Engine engine(*store, registry, options);
    const auto run = engine.submit({"victim", "victim", definition, "[1,2,3]", ""});
    const auto row = engine.wait(run.run_id);
    engine.wait_idle();
    std::printf("%s %s\n", std::string(to_string(row.status)).c_str(),
                row.output.value_or("").c_str());
    return row.status == execution::Status::succeeded ? 0 : 3;
  } catch (const std::exception& error) {
    std::printf("error %s\n", error.what());
    return 1;
  }
}
