#include "workers/connectors/trial_document.h"

#include <utility>

#include "workers/data/plan_json.h"

namespace orch::connectors {
namespace {

namespace bj = boost::json;

bj::array types_of(const SourceTrial& trial) {
  bj::array types;
  for (const auto& type : trial.types) {
    bj::object one{{"type", type.native},
                   {"kind", data::kind_name(type.kind)},
                   {"columns", type.columns},
                   {"example", type.example},
                   {"rows", type.rows}};
    if (!type.problem.empty()) one["problem"] = type.problem;
    types.push_back(std::move(one));
  }
  return types;
}

}  // namespace

bj::object trial_document(const Summary& summary, const Answered& answered,
                          const SourceTrial& trial) {
  const auto& health = answered.health;
  bj::array troubles;
  for (const auto& trouble : trial.troubles)
    troubles.push_back(bj::object{{"table", trouble.table}, {"problem", trouble.problem}});
  return {{"connection", summary.name},
          {"engine", summary.engine},
          {"url", summary.display},
          {"version", health.version},
          {"degraded", health.degraded},
          {"tables", trial.tables},
          {"types", types_of(trial)},
          {"troubles", std::move(troubles)},
          {"answered_ms", answered.in.count()},
          {"grants", bj::array(trial.grants.begin(), trial.grants.end())}};
}

}  // namespace orch::connectors
