#include "workers/data/failure.h"

#include <string>

#include "orchestrator/json/text.h"

namespace orch::data {
namespace {

/// Moves a text member out of `object`; empty when it is absent.
std::string take(boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (!member || !member->is_string()) return {};
  std::string text(member->as_string());
  object.stable_erase(object.find(name));
  return text;
}

}  // namespace

workers::TaskFailed amended(const workers::TaskFailed& failure, std::string_view place,
                            const boost::json::object& details) {
  auto cause = json::parse(failure.cause()).as_object();
  auto message = take(cause, "message") + std::string(place);
  auto hint = take(cause, "hint");
  auto code = take(cause, "code");
  for (const auto& detail : details)
    if (!cause.contains(detail.key())) cause[detail.key()] = detail.value();
  return {failure.error(), message, hint, code, cause};
}

}  // namespace orch::data
