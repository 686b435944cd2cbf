#include "orchestrator/host/alert_actions.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/trigger.h"
#include "orchestrator/store/machines.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::int64_t longest_chain = 5;
constexpr std::string_view pipeline_prefix = "pipeline:";

// Of a run that was itself started because another one has failed: how many are before it.
std::int64_t chain_of(const std::string& input) {
  const auto value = json::parse(input);
  const auto* object = value.if_object();
  const auto* failure = object ? object->if_contains("failure") : nullptr;
  const auto* inner = failure ? failure->if_object() : nullptr;
  const auto* chain = inner ? inner->if_contains("chain") : nullptr;
  return chain && chain->is_int64() ? chain->as_int64() : 0;
}

engine::Submission of_machine(store::Store& store, const std::string& name) {
  const auto row = store.machines().find(name);
  if (!row || row->id == 0)
    throw Error("ORCH-0802", fmt::format("on_failure: no state machine \"{}\"", name),
                "a workflow that on_failure starts is a pipeline or a state machine");
  engine::Submission made;
  made.workflow = name;
  made.definition_hash = row->revision.definition_hash;
  return made;
}

}  // namespace

std::optional<ReactionStart> reaction_start(const alerts::Reaction& reaction,
                                            const std::string& subject,
                                            const store::ExecutionRow& row,
                                            const std::string& failure) {
  if (!reaction.pipeline && !reaction.workflow) return std::nullopt;
  const auto chain = chain_of(row.made.input) + 1;
  if (chain > longest_chain) return std::nullopt;
  bj::object body{{"failure",
                   {{"subject", subject},
                    {"run", row.made.run_id},
                    {"name", row.made.name},
                    {"error", row.error.value_or("")},
                    {"cause", row.cause.value_or("")},
                    {"text", failure},
                    {"chain", chain}}}};
  return ReactionStart{
      reaction.pipeline ? "pipeline:" + *reaction.pipeline : "workflow:" + *reaction.workflow,
      std::move(body)};
}

std::function<void()> action_of(store::Store& store, engine::Engine& engine,
                                const store::DeliveryRow& delivery, const std::string& id) {
  if (delivery.kind == store::DeliveryKind::resume) {
    engine::Redrive redrive;
    redrive.request = id;
    return [&engine, run = delivery.target, redrive] {
      try {
        engine.redrive(run, redrive);
      } catch (const Error& error) {
        if (error.code() != "ORCH-0205") throw;  // somebody has resumed it, and it has succeeded
      }
    };
  }
  const auto name = delivery.target.substr(delivery.target.find(':') + 1);
  if (delivery.target.starts_with(pipeline_prefix)) {
    engine::Fire fire;
    fire.pipeline = name;
    fire.trigger = fire.kind = pipeline::manual_trigger;
    fire.key = id;
    fire.at = delivery.made_at;
    fire.input = delivery.body;
    fire.asked = true;
    return [&engine, fire] { engine.fire(fire); };
  }
  auto submission = of_machine(store, name);
  submission.input = delivery.body;
  submission.request = id;
  return [&engine, submission] { engine.submit(submission); };
}

}  // namespace orch::host
