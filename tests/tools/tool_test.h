// A project folder, and one task run in it without an engine.
#pragma once

#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/replication.h"
#include "tests/support/temp_folder.h"
#include "workers/worker.h"

namespace orch::test {

class ToolTest : public ::testing::Test {
 protected:
  void write_file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  /// `entries`: the members of "connections", as JSON text.
  void connect(const std::string& entries) const {
    write_file("connections.json", R"({"version":1,"connections":{)" + entries + "}}");
  }

  boost::json::value run(workers::Worker& worker, const std::string& input) {
    auto task = task_of(7);
    task.state = "Step";
    task.resource = "orch:tool";
    task.connections = folder_ / "connections.json";
    task.input = json::parse(input);
    return worker.run(task, context_);
  }

  struct Failure {
    std::string error;
    std::string message;
    boost::json::object cause;
  };
  /// How the task fails; a test failure when it does not.
  Failure fails(workers::Worker& worker, const std::string& input) {
    try {
      ADD_FAILURE() << "no failure, but " << json::write(run(worker, input));
    } catch (const workers::TaskFailed& failed) {
      return {failed.error(), failed.what(), json::parse(failed.cause()).as_object()};
    }
    return {};
  }

  TempFolder folder_;
  RecordingContext context_;
};

}  // namespace orch::test
