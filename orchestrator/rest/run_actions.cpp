// What can be done with a run: resume, stop, do one of its tables again.
#include <algorithm>
#include <initializer_list>

#include "orchestrator/host/redo.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/reveal.h"
#include "orchestrator/store/open.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

std::string text_in(const Request& request, std::string_view member) {
  const auto* found = request.body.if_contains(member);
  if (!found) return {};
  if (!found->is_string()) refuse_parameter(member, json::write(*found), "a string");
  return std::string(found->get_string());
}

void refuse_other_members(const Request& request, std::initializer_list<std::string_view> known) {
  for (const auto& member : request.body)
    if (std::ranges::find(known, std::string_view(member.key())) == known.end())
      refuse_parameter(member.key(), json::write(member.value()), "no such member");
}

Answer accepted(const host::Accepted& made) { return {bj::object{{"run", made.run}}}; }

Answer resume_run(Request& request) {
  refuse_other_members(request, {"from", "input"});
  host::Resume resume{request.store.find(request.in_path("run")).made.run_id, {}};
  resume.redrive.from = text_in(request, "from");
  if (const auto* input = request.body.if_contains("input")) {
    require_revealed(*input);
    resume.redrive.input = json::write(*input);
  }
  resume.redrive.request = host::new_request_id();
  return accepted(request.server.owner.accept(std::move(resume)));
}

Answer stop_run(Request& request) {
  refuse_other_members(request, {"error", "cause"});
  return accepted(request.server.owner.accept(
      host::Stop{request.store.find(request.in_path("run")).made.run_id, text_in(request, "error"),
                 text_in(request, "cause")}));
}

Answer redo_table(Request& request) {
  // Its input, with values that nobody is shown.
  const auto store = store::open_as_reader(request.server.store);
  const auto run = store->find(request.in_path("run"));
  return accepted(request.server.owner.accept(
      host::Submit{host::redo_of_table(*store, run, request.in_path("key"))}));
}

}  // namespace

void add_run_action_routes(std::vector<Route>& to) {
  to.push_back({verb::post,
                "/v1/runs/{run}/resume",
                "runs.resume",
                "Continue a run that failed, was stopped or paused, as `orch resume`",
                Role::operator_,
                {},
                "Resume",
                "RunName",
                resume_run,
                Reach::run});
  to.push_back({verb::post,
                "/v1/runs/{run}/stop",
                "runs.stop",
                "End a run that is under way, as `orch stop`",
                Role::operator_,
                {},
                "Stop",
                "RunName",
                stop_run,
                Reach::run});
  to.push_back({verb::post,
                "/v1/runs/{run}/tables/{key}/redo",
                "runs.redo_table",
                "Replicate one of its tables again in a run of its own, as `orch redo`",
                Role::operator_,
                {},
                "Nothing",
                "RunName",
                redo_table,
                Reach::run});
}

}  // namespace orch::rest
