#include "orchestrator/host/redo.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/host/request.h"
#include "orchestrator/json/text.h"
#include "orchestrator/view/table_runs.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

void require_worked_on(store::Store& store, const store::ExecutionRow& run,
                       const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& table : view::overview_of(store, run.id).tables) keys.push_back(table.key);
  if (std::ranges::find(keys, key) != keys.end()) return;
  throw Error("ORCH-0312",
              fmt::format("run {} has not worked on a table \"{}\"{}", run.made.run_id, key,
                          did_you_mean(key, keys)),
              fmt::format("`orch status {}` lists its tables", run.made.run_id));
}

}  // namespace

engine::Submission redo_of_table(store::Store& store, const store::ExecutionRow& run,
                                 const std::string& key) {
  require_worked_on(store, run, key);
  auto value = json::parse(run.made.input);
  auto* input = value.if_object();
  if (!input || !input->contains("catalog"))
    throw Error("ORCH-0312",
                fmt::format("the input of run {} names no catalog: its tables cannot be chosen",
                            run.made.run_id),
                "`orch resume RUN --from STATE` does a state again");
  (*input)["only"] = bj::array{key};
  input->erase("tags");
  if (!run.catalog.empty()) (*input)["catalog"] = run.catalog;
  engine::Submission submission;
  submission.workflow = run.made.workflow;
  submission.definition = store.definition(run.made.definition_hash);
  submission.input = json::write(value);
  submission.connections = run.made.connections;
  submission.request = new_request_id();
  return submission;
}

}  // namespace orch::host
