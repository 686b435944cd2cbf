// A process for isolation_test: runs a workflow that uses everything beside a simple one, and tells
// how both ended. Usage: engine_pair FOLDER [long | two]
// With "long" the first begins with an evaluation that takes longer than a turn gives it, with
// "two" both do.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/store/open.h"
#include "workers/map_items/items.h"

namespace {

using namespace orch;

class Echo final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    return task.input;
  }
};

constexpr const char* simple = R"({"StartAt":"A","States":{
  "A":{"Type":"Task","Resource":"orch:echo","Next":"B"},"B":{"Type":"Pass","End":true}}})";

constexpr const char* long_state =
    R"("Long":{"Type":"Pass","QueryLanguage":"JSONata","Next":"A","Output":
      "{% ($f := function($n) { $n = 0 ? [1,2,3] : $f($n - 1) }; $f(60000)) %}"},)";

const std::string simple_but_long = fmt::format(
    R"({{"StartAt":"Long","States":{{{}"A":{{"Type":"Pass","End":true}}}}}})", long_state);

// A task, an inline Map, a Wait, and a Map whose items and results are in a folder.
std::string rich(const std::string& bucket, bool takes_long) {
  const auto* states = R"({{"StartAt":"{1}","States":{{{2}
    "A":{{"Type":"Task","Resource":"orch:echo","Next":"Inline"}},
    "Inline":{{"Type":"Map","ItemProcessor":{{"StartAt":"I","States":{{
      "I":{{"Type":"Task","Resource":"orch:echo","End":true}}}}}},"Next":"Wait"}},
    "Wait":{{"Type":"Wait","Seconds":0,"Next":"Far"}},
    "Far":{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED",
        "ExecutionType":"STANDARD"}},"StartAt":"C","States":{{
          "C":{{"Type":"Task","Resource":"orch:echo","End":true}}}}}},
      "ItemReader":{{"Resource":"arn:aws:states:::s3:getObject",
        "ReaderConfig":{{"InputType":"JSONL"}},
        "Parameters":{{"Bucket":"{0}","Key":"items.jsonl"}}}},
      "ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject",
        "Parameters":{{"Bucket":"{0}","Prefix":"out"}}}},"Next":"Last"}},
    "Last":{{"Type":"Task","Resource":"orch:echo","End":true}}}}}})";
  return fmt::format(fmt::runtime(states), bucket, takes_long ? "Long" : "A",
                     takes_long ? long_state : "");
}

/// Starts or finds the run, continues it when it has failed, and waits for its end.
std::string outcome(engine::Engine& engine, store::Store& reader, const std::string& name,
                    const std::string& definition) {
  // Under a fault, what was set aside is to be seen.
  const bool resumes = !std::getenv("ORCH_FAULT") || !*std::getenv("ORCH_FAULT");
  engine::Submission submission;
  submission.name = submission.workflow = name;
  submission.definition = definition;
  submission.input = "[1,2,3]";
  try {
    const auto submitted = engine.submit(submission);
    const auto before = reader.find(submitted.run_id);
    const bool resting = before.set_aside && resumes;
    const bool failed = before.status != execution::Status::running &&
                        before.status != execution::Status::succeeded;
    if (submitted.existed && (failed || resting)) engine.redrive(submitted.run_id, {});
    const auto row = engine.wait(submitted.run_id);
    if (row.set_aside) return "ASIDE " + *row.set_aside;
    return fmt::format("{} {}", to_string(row.status), row.cause.value_or(""));
  } catch (const std::exception& error) {
    return fmt::format("REFUSED {}", error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argv[1];
  std::ofstream(folder / "items.jsonl") << "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";
  workers::Registry registry;
  registry.add("orch:echo", std::make_unique<Echo>());
  registry.set_outside(map_items::make_outside());
  const auto store = store::open_as_owner(folder / "orch.db", "pair");
  const auto reader = store::open_as_reader(folder / "orch.db");
  engine::Engine engine(*store, registry, {2, Millis{5'000}});
  engine::Submission beside;
  beside.name = beside.workflow = "beside";
  const bool two = argc > 2 && std::string_view(argv[2]) == "two";
  beside.definition = two ? simple_but_long : simple;
  beside.input = "[1,2,3]";
  // A long decision is to be of "rich": on a busy machine that of another run may take long, too.
  const bool long_decision = argc > 2;
  std::future<engine::Submitted> started;
  if (!long_decision || two) started = engine.start(beside);
  fmt::print("rich {}\n",
             outcome(engine, *reader, "rich", rich("file:" + folder.string(), long_decision)));
  try {
    if (started.valid()) started.get();
  } catch (const std::exception&) {
    // Told below.
  }
  fmt::print("beside {}\n", outcome(engine, *reader, "beside", beside.definition));
  fmt::print("later {}\n", outcome(engine, *reader, "later", simple));
  fmt::print("injected {}\n", fault::injected());
}
