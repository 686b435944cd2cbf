// Which workers there are. A new one is a line here.
#include <string>

#include "workers/map_items/items.h"
#include "workers/replication/control_steps.h"
#include "workers/replication/steps.h"
#include "workers/task_needs.h"
#include "workers/tools/tools.h"
#include "workers/worker.h"

namespace orch::workers {

Registry built_in() {
  Registry registry;
  registry.add("orch:health", replication::make_health());
  registry.add("orch:catalog", replication::make_catalog());
  registry.add("orch:stage", replication::make_stage());
  registry.add("orch:verify", replication::make_verify());
  registry.add("orch:merge", replication::make_merge());
  registry.add("orch:reconcile", replication::make_reconcile());
  registry.add("orch:audit", replication::make_audit());
  registry.add("orch:report", replication::make_report());
  registry.add("orch:gate", replication::make_gate());
  registry.add("orch:sql", tools::make_sql());
  registry.add("orch:http", tools::make_http());
  registry.add("orch:process", tools::make_process());
  registry.add("orch:notify", tools::make_notify());
  registry.add("orch:noop", tools::make_noop());
  registry.add("arn:aws:lambda:*", tools::make_lambda());
  registry.add("arn:aws:states:::lambda:invoke*", tools::make_lambda());
  registry.add("arn:aws:states:::aws-sdk:lambda:invoke*", tools::make_lambda());
  registry.add("arn:aws:states:::aws-sdk:sqs:sendMessage*", tools::make_sqs());
  for (const std::string action :
       {"getObject", "putObject", "copyObject", "deleteObject", "headObject", "listObjectsV2"})
    for (const auto* completion : {"", ".waitForTaskToken"})
      registry.add("arn:aws:states:::aws-sdk:s3:" + action + completion, tools::make_s3());
  registry.add("arn:aws:states:::http:invoke", tools::make_http_task());
  registry.add("arn:aws:states:::sqs:sendMessage*", tools::make_sqs());
  registry.set_needing(make_needing());
  registry.set_outside(map_items::make_outside());
  return registry;
}

}  // namespace orch::workers
