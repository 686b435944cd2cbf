#include "workers/publishing/watermark_guard.h"

#include <fmt/format.h>

#include "workers/publishing/bookkeeping.h"

namespace orch::publishing {
namespace {

std::optional<std::string> text(const boost::json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

workers::TaskFailed selected_before(const data::LoadPlan& plan, const std::string& found,
                                    const std::string& expected) {
  return {"Merge.Conflict",
          fmt::format("{}: {}, and the load was selected above {}", plan.request.target.display(),
                      found, expected),
          "another load was published in between: stage the table again", "ORCH-0505"};
}

}  // namespace

void check_watermark(Session& session, const data::LoadPlan& plan, const data::LoadRecord& staged) {
  const auto* watermark = staged.position.if_contains("watermark");
  if (!watermark || !watermark->is_object()) return;
  const auto& mark = watermark->get_object();
  if (!session.facts(plan.request.target)) return;  // nothing is there that could come twice
  const auto newest = newest_evidence(session, plan.request.target);
  if (newest && mark.contains("after_load")) {
    const auto after = text(mark, "after_load");
    if (after == newest->load) return;
    throw selected_before(plan, "the newest published load is " + newest->load,
                          after.value_or("an empty table"));
  }
  const auto column = text(mark, "target_column");
  if (!column) return;
  const auto reached = session.high_watermark(plan.request.target, *column);
  if (reached != text(mark, "reaches"))
    throw selected_before(plan,
                          fmt::format("{} now reaches {}", *column, reached.value_or("nothing")),
                          text(mark, "reaches").value_or("nothing"));
}

}  // namespace orch::publishing
