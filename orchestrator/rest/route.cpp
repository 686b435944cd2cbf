#include "orchestrator/rest/route.h"

namespace orch::rest {

std::string_view to_string(Reach reach) {
  switch (reach) {
    case Reach::open:
      return "open";
    case Reach::run:
      return "run";
    case Reach::pipeline:
      return "pipeline";
    case Reach::subject:
      return "subject";
    case Reach::filtered:
      return "filtered";
    case Reach::whole:
      break;
  }
  return "whole";
}

const std::vector<Route>& routes() {
  static const auto all = [] {
    std::vector<Route> made;
    add_run_routes(made);
    add_run_part_routes(made);
    add_map_run_routes(made);
    add_evidence_routes(made);
    add_run_action_routes(made);
    add_table_routes(made);
    add_pipeline_routes(made);
    add_backfill_routes(made);
    add_hook_routes(made);
    add_fire_routes(made);
    add_schedule_routes(made);
    add_source_routes(made);
    add_limit_routes(made);
    add_alert_routes(made);
    add_keeping_routes(made);
    add_token_routes(made);
    add_admission_routes(made);
    add_operation_routes(made);
    add_trial_routes(made);
    add_session_routes(made);
    add_sign_in_routes(made);
    add_about_routes(made);
    return made;
  }();
  return all;
}

}  // namespace orch::rest
