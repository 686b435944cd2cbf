#include "orchestrator/cli/preflight.h"

#include <chrono>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "workers/replication/run_check.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

// A server that says nothing is the run's to wait for.
constexpr std::chrono::seconds patience{10};

/// Whether a state of the definition passes the run's input, whole, to one of the two steps.
bool passes_input_on(const bj::value& definition) {
  const auto* object = definition.if_object();
  const auto* states = object ? object->if_contains("States") : nullptr;
  if (!states || !states->is_object()) return false;
  for (const auto& [name, state] : states->get_object()) {
    const auto* members = state.if_object();
    const auto* resource = members ? members->if_contains("Resource") : nullptr;
    if (!resource || (*resource != "orch:catalog" && *resource != "orch:health")) continue;
    const auto* parameters = members->if_contains("Parameters");
    const auto* given = parameters && parameters->is_object()
                            ? parameters->get_object().if_contains("options.$")
                            : nullptr;
    if (given && (*given == "$" || *given == "$$.Execution.Input")) return true;
  }
  return false;
}

}  // namespace

void check_before_submit(const engine::Submission& submission) {
  if (!passes_input_on(json::parse(submission.definition))) return;
  if (submission.connections.empty())
    throw Error("ORCH-0302", "no connections file",
                "--connections FILE or ORCH_CONNECTIONS names it; the default is connections.json");
  const auto end = std::chrono::steady_clock::now() + patience;
  try {
    replication::check_run_input(json::parse(submission.input), submission.connections,
                                 [&] { return std::chrono::steady_clock::now() > end; });
  } catch (const workers::Cancelled&) {
    return;
  }
}

}  // namespace orch::cli
