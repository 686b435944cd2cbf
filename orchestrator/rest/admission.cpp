// Who may use the API, and what they did.
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

bool has_text(const bj::object& line, const std::string& text) {
  for (const auto* member : {"who", "from", "action", "object", "outcome"})
    if (json::text_member(line, member).find(text) != std::string::npos) return true;
  return false;
}

bool is_wanted(const Request& request, const bj::object& line) {
  const auto outcome = json::text_member(line, "outcome");
  if (request.query.flag("refused") && outcome == "done") return false;
  if (const auto text = request.query.text("text"); text && !has_text(line, *text)) return false;
  for (const auto* member : {"who", "action", "object"})
    if (const auto wanted = request.query.text(member);
        wanted && json::text_member(line, member) != *wanted)
      return false;
  return true;
}

// The cursor is the byte at which the last line of the page begins: lines are only ever appended.
Answer list_deeds(Request& request) {
  const auto limit = limit_of(request);
  const auto cursor = request.query.text("cursor");
  std::optional<std::uint64_t> end;
  if (cursor) end = static_cast<std::uint64_t>(number_cursor("cursor", *cursor));
  bj::array items;
  std::string next;
  bool more = false;
  std::optional<std::string> wrong;
  try {
    wrong = request.server.audit.read_back(end, [&](const bj::object& line, std::uint64_t at) {
      if (!is_wanted(request, line)) return true;
      more = std::ssize(items) == limit;
      if (more) return false;
      items.push_back(line);
      next = std::to_string(at);
      return true;
    });
  } catch (const std::invalid_argument&) {
    refuse_parameter("cursor", *cursor, "what this resource has given out");
  }
  bj::object page{{"items", std::move(items)}, {"sound", !wrong}};
  if (more) page["next"] = next;
  if (wrong) page["damage"] = *wrong;
  return {std::move(page)};
}

}  // namespace

void add_admission_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/audit",
                "audit.list",
                "Who did what, the latest first, and whether these lines are as they were written",
                Role::admin,
                {{"who", Kind::text, "only of this name"},
                 {"action", Kind::text, "only this operation: runs.stop"},
                 {"object", Kind::text, "only with this object"},
                 {"text", Kind::text, "only with this in name, address, action, object or outcome"},
                 {"refused", Kind::boolean, "true: only what was not done"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "AuditPage",
                list_deeds});
}

}  // namespace orch::rest
