#include "workers/data/plan_json.h"
#include "workers/replication/staged_plan.h"
#include "workers/replication/steps.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

/// The staged plan; or, when nothing is staged by now, as much of one as the target needs to
/// answer that the load is published already.
data::LoadPlan plan_of(const Work& work, data::Target& target, const data::LoadId& load) {
  const auto staged = staged_plan(work, target);
  if (staged && staged->record.load.id == load.id) return staged->plan;
  data::LoadPlan plan;
  plan.request.key = work.entry.key;
  plan.request.target = work.entry.target;
  plan.request.strategy = work.entry.strategy;
  return plan;
}

boost::json::value proof_json(const data::PublishedProof& proof) {
  if (proof.mode == data::Proof::off) return nullptr;
  boost::json::value digest;
  if (proof.mode == data::Proof::full) digest = proof.found.hex();
  return {{"mode", data::proof_name(proof.mode)}, {"rows", proof.found.rows}, {"digest", digest}};
}

}  // namespace

boost::json::object merge(const Work& work, data::Target& target, const boost::json::value& load) {
  const Stopwatch watch;
  const auto id = load_id(work.task, load);
  const Pulse pulse(work, "merging");
  const auto plan = plan_of(work, target, id);
  const boost::json::object evidence{{"key", work.entry.key},
                                     {"run_name", work.task.run_name},
                                     {"state", work.task.state},
                                     {"ticket", work.task.ticket},
                                     {"attempt", work.task.attempt}};
  const auto published = target.merge(plan, id, evidence);
  return {{"key", work.entry.key},
          {"load", id.id},
          {"strategy", data::strategy_name(plan.request.strategy)},
          {"method", published.method},
          {"rows", published.rows},
          {"inserted", published.inserted},
          {"updated", published.updated},
          {"deleted", published.deleted},
          {"repeated", published.repeated},
          {"lock_ms", published.lock_ms},
          {"proof", proof_json(published.proof)},
          {"duration_ms", watch.whole_ms()}};
}

}  // namespace orch::replication
