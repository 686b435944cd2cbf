// Who may use the API, and what they did.
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

std::string line_key(const bj::object& line) { return number_key(line.at("number").as_int64()); }

bool is_wanted(const Request& request, const bj::object& line) {
  for (const auto* member : {"who", "action", "object"})
    if (const auto wanted = request.query.text(member);
        wanted && json::text_member(line, member) != *wanted)
      return false;
  return true;
}

Answer list_deeds(Request& request) {
  bj::array lines;
  const auto wrong = request.server.audit.read([&](const bj::object& line) {
    if (is_wanted(request, line)) lines.push_back(line);
  });
  auto page = page_of(request, std::move(lines), line_key, Order::descending);
  page["sound"] = !wrong;
  if (wrong) page["damage"] = *wrong;
  return {std::move(page)};
}

}  // namespace

void add_admission_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/audit",
                "audit.list",
                "Who did what, the latest first, and whether the log is as it was written",
                Role::admin,
                {{"who", Kind::text, "only of this name"},
                 {"action", Kind::text, "only this operation: runs.stop"},
                 {"object", Kind::text, "only with this object"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "AuditPage",
                list_deeds});
}

}  // namespace orch::rest
