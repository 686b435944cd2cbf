// Slots and who waits for them, what is held back, and the outages of connections.
#include "orchestrator/store/limits.h"

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/subjects.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/view/limits.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

std::string slot_key(const bj::object& item) { return json::text_member(item, "slot"); }
std::string subject_key(const bj::object& item) { return json::text_member(item, "subject"); }
std::string wait_key(const bj::object& item) {
  return json::text_member(item, "since") + " " + json::text_member(item, "run") + " " +
         json::text_member(item, "for");
}

bj::object limits_of(const Request& request) {
  if (!request.caller.scope.limited()) return view::limits_document(request.store);
  return view::limits_document(request.store, [&](const store::ExecutionRow& row) {
    return sees_run(request.store, request.caller.scope, row);
  });
}

Answer list_slots(Request& request) {
  auto found = limits_of(request);
  return {page_of(request, take_array(found, "slots"), slot_key)};
}

Answer list_waits(Request& request) {
  auto found = limits_of(request);
  return {page_of(request, take_array(found, "waiting"), wait_key)};
}

Answer list_holds(Request& request) {
  bj::array holds;
  for (const auto& hold : request.store.limits().holds())
    if (sees_hold(request, hold.subject)) holds.push_back(view::hold_document(hold));
  return {page_of(request, std::move(holds), subject_key)};
}

Answer add_hold(Request& request) {
  name_object(request, {"server", "connection", "pipeline", "run"});
  require_in_scope(request, "holds.add");
  return {ask(request, "holds.add", signed_body(request))};
}

[[noreturn]] void refuse_hold(const std::string& subject) {
  throw Refused(http::Status::not_found, "ORCH-0741", fmt::format("no hold of \"{}\"", subject),
                "a subject is server, connection NAME, pipeline NAME or run ID");
}

// The subject is "server", "connection NAME", "pipeline NAME" or "run NAME".
Answer remove_hold(Request& request) {
  const auto& subject = request.in_path("subject");
  const auto space = subject.find(' ');
  const auto kind = subject.substr(0, space);
  if (subject == "server")
    request.body = {{"server", true}};
  else if (space != std::string::npos &&
           (kind == "connection" || kind == "pipeline" || kind == "run"))
    request.body = {{kind, subject.substr(space + 1)}};
  else
    refuse_hold(subject);
  require_in_scope(request, "holds.remove");
  return {ask(request, "holds.remove", request.body)};
}

// Held in the mode that stops its tasks: they are done again after the release.
Answer pause_run(Request& request) {
  auto parameters = signed_body(request);
  parameters["run"] = request.store.find(request.in_path("run")).made.run_id;
  parameters["mode"] = "pause";
  return {ask(request, "holds.add", parameters)};
}

Answer release_run(Request& request) {
  return {ask(request, "holds.remove",
              {{"run", request.store.find(request.in_path("run")).made.run_id}})};
}

}  // namespace

void add_limit_routes(std::vector<Route>& to) {
  const std::vector<Parameter> paged{limit_parameter, cursor_parameter};
  to.push_back({verb::get,
                "/v1/limits",
                "limits.list",
                "Slots: how many are held, by which runs, and how many tasks wait",
                Role::viewer,
                paged,
                {},
                "SlotPage",
                list_slots,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/limits/waiting",
                "limits.waiting",
                "Who waits for a slot or a release, the longest first",
                Role::viewer,
                paged,
                {},
                "SlotWaitPage",
                list_waits,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/holds",
                "holds.list",
                "What is held back",
                Role::viewer,
                paged,
                {},
                "HoldPage",
                list_holds,
                Reach::filtered});
  to.push_back({verb::post,
                "/v1/holds",
                "holds.add",
                "Hold a connection, a run, a pipeline or the server back, as `orch hold`",
                Role::operator_,
                {},
                "NewHold",
                "Hold",
                add_hold,
                Reach::subject});
  to.push_back({verb::delete_,
                "/v1/holds/{subject}",
                "holds.remove",
                "Let it continue, as `orch release`: \"connection core\", \"run ID\", \"server\"",
                Role::operator_,
                {},
                {},
                "HoldSubject",
                remove_hold,
                Reach::subject});
  to.push_back({verb::post,
                "/v1/runs/{run}/pause",
                "runs.pause",
                "Stop the tasks of a run until it is released, as `orch hold --run RUN --mode "
                "pause`",
                Role::operator_,
                {},
                "RunPause",
                "Hold",
                pause_run,
                Reach::run});
  to.push_back({verb::post,
                "/v1/runs/{run}/release",
                "runs.release",
                "Let a run that is held continue, as `orch release --run RUN`",
                Role::operator_,
                {},
                "Nothing",
                "HoldSubject",
                release_run,
                Reach::run});
}

}  // namespace orch::rest
