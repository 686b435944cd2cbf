#include "orchestrator/json/merge_patch.h"

namespace orch::json {

void apply_merge_patch(boost::json::value& target, const boost::json::value& patch) {
  const auto* members = patch.if_object();
  if (!members) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = boost::json::object();
  auto& object = target.get_object();
  for (const auto& [name, value] : *members) {
    if (value.is_null()) {
      if (const auto found = object.find(name); found != object.end()) object.stable_erase(found);
    } else {
      apply_merge_patch(object[name], value);
    }
  }
}

}  // namespace orch::json
