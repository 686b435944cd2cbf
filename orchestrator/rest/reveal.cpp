#include "orchestrator/rest/reveal.h"

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/store/redaction.h"

namespace orch::rest {

bool reveals(const Query& query, const Caller& caller, Remark& remark) {
  if (!query.flag(reveal_parameter.name)) return false;
  remark.recorded = true;
  remark.object = reveal_parameter.name;
  if (caller.role < Role::admin)
    throw Refused(http::Status::forbidden, "ORCH-0047",
                  fmt::format("{} is {}: it takes admin to see values that are redacted",
                              caller.name, to_string(caller.role)));
  return true;
}

void require_revealed(const boost::json::value& payload) {
  if (json::write(payload).find(store::redacted_text) == std::string::npos) return;
  throw Refused(
      http::Status::unprocessable_entity, "ORCH-0052",
      fmt::format("the input has \"{}\" in it, which stands for a value that is not shown",
                  store::redacted_text),
      "write the value in its place; an admin sees it with ?reveal=true");
}

}  // namespace orch::rest
