#include "workers/steps/catalog_check.h"

#include <utility>

#include <fmt/format.h>

#include "workers/steps/drift.h"
#include "workers/steps/open_ends.h"
#include "workers/steps/plan_request.h"
#include "workers/steps/table_task.h"
#include "workers/steps/watermark.h"
#include "workers/worker.h"

namespace orch::steps {
std::vector<Problem> check_catalog(const std::vector<catalog::Entry>& entries,
                                   const connections::Connections& connections) {
  OpenEnds ends(connections);
  std::vector<Problem> problems;
  for (const auto& entry : entries) {
    try {
      auto& target = ends.target(entry.target_connection);
      auto& source = ends.source(entry.source_connection);
      const auto table = source.describe(entry.source);
      const auto request = make_request(entry, table, source, target);
      const auto last = target.last_published(entry.target);
      check_drift(entry, table, request, last);
      const auto plan = target.plan(request);
      if (const auto watermark = plan_watermark(entry, plan, last, target)) {
        source.open(read_request(entry, plan, watermark->range));
        check_watermark(entry, source.watermark().value());
      }
    } catch (const workers::TaskFailed& failed) {
      problems.push_back({entry.key, fmt::format("{}: {}", failed.error(), failed.what())});
    }
  }
  return problems;
}

}  // namespace orch::steps
