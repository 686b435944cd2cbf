// What a definition would reach, as far as its text tells. What comes from inputs is judged again
// when the state runs.
#include <fmt/format.h>

#include "orchestrator/access/policy.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/definitions.h"
#include "orchestrator/stepfunctions/state_walk.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

/// Judges the states of one definition.
class Judge {
 public:
  Judge(const Desk& desk, std::vector<Diagnostic>& found)
      : policy_(*desk.options.access),
        workers_(desk.workers),
        project_(std::filesystem::path(desk.options.connections).parent_path()),
        found_(found) {}

  void state(const std::string& place, const bj::object& state) {
    if (const auto* resource = state.if_contains("Resource"); resource && resource->is_string())
      task(place, state, resource->get_string());
    for (const char* field : {"ItemReader", "ResultWriter"}) {
      const auto* outside = state.if_contains(field);
      if (!outside || !outside->is_object()) continue;
      const auto [arguments, name] = arguments_of(outside->get_object());
      for (const auto& demand : access::bucket_demands(arguments))
        judge(demand, fmt::format("{}/{}/{}", place, field, name));
    }
  }

 private:
  static std::pair<bj::value, const char*> arguments_of(const bj::object& object) {
    for (const char* name : {"Arguments", "Parameters"})
      if (const auto* given = object.if_contains(name)) return {*given, name};
    return {nullptr, ""};
  }

  // A binding's work is the operator's choice; one that passes everything on is judged as it runs.
  void task(const std::string& place, const bj::object& state, std::string_view resource) {
    if (workers_.is_bound(resource)) return;
    const auto [arguments, name] = arguments_of(state);
    for (const auto& demand : access::demands_of(resource, arguments))
      judge(demand,
            demand.pointer.empty() ? place + "/Resource" : fmt::format("{}/{}", place, name));
  }

  void judge(const access::Demand& demand, const std::string& place) {
    if (const auto refusal = policy_.refuse(demand, project_))
      found_.push_back({true, "ACCESS_DENIED",
                        fmt::format("{} (ORCH-0670); {}", refusal->message, refusal->hint),
                        place + demand.pointer});
  }

  const access::Policy& policy_;
  const workers::Registry& workers_;
  std::filesystem::path project_;
  std::vector<Diagnostic>& found_;
};

}  // namespace

std::vector<Diagnostic> diagnose_access(const Desk& desk, const std::string& definition) {
  std::vector<Diagnostic> found;
  if (!desk.options.access) return found;
  Judge judge(desk, found);
  try {
    for_each_state(json::parse(definition), "",
                   [&](const std::string& place, const std::string&, const bj::object& state) {
                     judge.state(place, state);
                   });
  } catch (const json::SyntaxError&) {
    // diagnose() reports it
  }
  return found;
}

}  // namespace orch::stepfunctions
