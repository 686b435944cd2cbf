// What keeps the store well: what is kept how long, backups, and whether all is well.
#include "orchestrator/host/doctor.h"
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

constexpr std::int64_t most_count = 1'000'000'000;

std::string share_key(const bj::object& item) { return json::text_member(item, "name"); }

Answer plan_retention(Request& request) {
  bj::object limits;
  for (const auto* name : {"days", "runs", "failure_days"})
    if (request.query.text(name)) limits[name] = request.query.integer(name, 0, most_count);
  auto plan = ask(request, "retention.plan", limits);
  auto page = page_of(request, take_array(plan, "of"), share_key);
  for (const auto* name : {"kept", "expired", "bytes"}) page[name] = plan.at(name);
  return {std::move(page)};
}

Answer run_retention(Request& request) {
  name_object(request, {"days", "runs", "failure_days"});
  return {ask(request, "retention.run", request.body)};
}

Answer make_backup(Request& request) {
  name_object(request, {"to"});
  return {ask(request, "store.backup", request.body)};
}

Answer examine_store(Request& request) {
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& finding : host::examine(request.server.store, request.now)) {
    bj::object item{{"subject", finding.subject},
                    {"state", to_string(finding.severity)},
                    {"found", finding.what}};
    if (!finding.hint.empty()) item["hint"] = finding.hint;
    items.push_back(std::move(item));
  }
  return {std::move(page)};
}

}  // namespace

void add_keeping_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/retention",
                "retention.plan",
                "Which runs are kept no longer, as `orch retention --plan`",
                Role::viewer,
                {{"days", Kind::integer, "runs that ended earlier go, where no pipeline says else"},
                 {"runs", Kind::integer, "so many of each pipeline or workflow stay, likewise"},
                 {"failure_days", Kind::integer, "likewise, of runs without success"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "RetentionPlan",
                plan_retention});
  to.push_back({verb::post,
                "/v1/retention",
                "retention.run",
                "Remove those runs, as `orch retention`; `more`: ask again",
                Role::admin,
                {},
                "RetentionLimits",
                "RetentionRun",
                run_retention});
  to.push_back({verb::post,
                "/v1/backups",
                "backups.add",
                "Copy the store to a place of the server, as `orch backup`",
                Role::admin,
                {},
                "NewBackup",
                "Backup",
                make_backup});
  to.push_back({verb::get,
                "/v1/doctor",
                "doctor.show",
                "Whether all is well, as `orch doctor`: reads the whole store",
                Role::operator_,
                {},
                {},
                "FindingPage",
                examine_store});
}

}  // namespace orch::rest
