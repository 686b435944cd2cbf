#include "workers/worker.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/claim_text.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"

namespace orch::workers {
namespace {

std::string cause_of(const std::string& message, const std::string& hint, const std::string& code,
                     boost::json::object details) {
  boost::json::object cause{{"message", message}};
  if (!hint.empty()) cause["hint"] = hint;
  if (!code.empty()) cause["code"] = code;
  for (auto& detail : details) cause[detail.key()] = std::move(detail.value());
  return json::write(cause);
}

}  // namespace

TaskFailed::TaskFailed(std::string error, const std::string& message, const std::string& hint,
                       const std::string& code, boost::json::object details)
    : error_(std::move(error)),
      // Servers and files say anything; what a failure says goes to terminals and into JSON.
      message_(printable(message)),
      cause_(cause_of(message_, hint, code, std::move(details))) {}

void deny(const std::optional<access::Refusal>& refusal) {
  if (refusal) throw TaskFailed("Access.Denied", refusal->message, refusal->hint, "ORCH-0670");
}

TaskFailed TaskFailed::with_cause(std::string error, std::string cause) {
  TaskFailed failed(std::move(error), cause);
  failed.cause_ = std::move(cause);
  return failed;
}

TaskFailed overlaps(const Holder& holder) {
  return {"Run.Overlaps",
          fmt::format("run {} is replicating {}", holder.name, claim_text(holder.names)),
          fmt::format("`orch status {0}` shows it; `orch stop {0}` ends it", holder.run),
          "ORCH-0215",
          {{"run", holder.run}}};
}

}  // namespace orch::workers
