// Which workers there are. A new one is a line here.
#include "workers/items/items.h"
#include "workers/steps/control_steps.h"
#include "workers/steps/steps.h"
#include "workers/tools/tools.h"
#include "workers/worker.h"

namespace orch::workers {

Registry built_in() {
  Registry registry;
  registry.add("orch:health", steps::make_health());
  registry.add("orch:catalog", steps::make_catalog());
  registry.add("orch:stage", steps::make_stage());
  registry.add("orch:verify", steps::make_verify());
  registry.add("orch:merge", steps::make_merge());
  registry.add("orch:reconcile", steps::make_reconcile());
  registry.add("orch:audit", steps::make_audit());
  registry.add("orch:report", steps::make_report());
  registry.add("orch:gate", steps::make_gate());
  registry.add("orch:sql", tools::make_sql());
  registry.add("orch:http", tools::make_http());
  registry.add("orch:process", tools::make_process());
  registry.add("orch:notify", tools::make_notify());
  registry.add("orch:noop", tools::make_noop());
  registry.add("arn:aws:lambda:*", tools::make_lambda());
  registry.add("arn:aws:states:::lambda:invoke*", tools::make_lambda());
  registry.add("arn:aws:states:::aws-sdk:lambda:invoke*", tools::make_lambda());
  registry.add("arn:aws:states:::aws-sdk:sqs:sendMessage*", tools::make_sqs());
  registry.add("arn:aws:states:::http:invoke", tools::make_http_task());
  registry.add("arn:aws:states:::sqs:sendMessage*", tools::make_sqs());
  registry.set_outside(items::make_outside());
  return registry;
}

}  // namespace orch::workers
