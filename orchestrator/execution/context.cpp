// The context object: what `$$` is.
#include "orchestrator/execution/decider.h"
#include "orchestrator/json/members.h"

namespace orch::execution {
namespace {

namespace bj = boost::json;

bj::object execution_part(const Live& live) {
  bj::object part;
  part["Id"] = live.identity.execution_id;
  part["Input"] = live.identity.input.value();
  part["StartTime"] = to_iso(live.started_at);
  part["Name"] = live.identity.name;
  part["RoleArn"] = live.identity.role;
  if (live.identity.express && live.identity.role.empty()) part["RoleArn"] = nullptr;
  if (!live.identity.express) part["RedriveCount"] = live.redrive_count;
  if (live.redriven_at) part["RedriveTime"] = to_iso(*live.redriven_at);
  return part;
}

bool may_retry(const asl::State& state) {
  return std::holds_alternative<asl::Task>(state.body) ||
         std::holds_alternative<asl::Map>(state.body) ||
         std::holds_alternative<asl::Parallel>(state.body);
}

bj::object state_part(const Live& live, const ThreadState& thread) {
  bj::object part;
  part["Name"] = live.shown_state.empty() ? thread.state->name : live.shown_state;
  part["EnteredTime"] = to_iso(thread.entered_at);
  if (may_retry(*thread.state)) part["RetryCount"] = thread.retry_count;
  return part;
}

// The innermost iteration that the thread belongs to.
const ThreadState* iteration_of(const ThreadState& thread) {
  for (const auto* at = &thread; at->parent; at = at->parent) {
    if (std::holds_alternative<asl::Map>(at->parent->state->body)) return at;
  }
  return nullptr;
}

// Where the items of a map run come from: this execution's data, an object in a bucket, or the
// listing of one.
std::string source_of(const ThreadState& owner) {
  const auto plan = map_plan_from_json(owner.parameters.value());
  if (!plan.reader) return "STATE_DATA";
  const auto& arguments = plan.reader->arguments;
  if (!arguments || !arguments->is_object()) return {};
  const auto& place = arguments->get_object();
  const auto key = json::text_member(place, "Key");
  return "S3://" + json::text_member(place, "Bucket") + (key.empty() ? "" : "/" + key);
}

bj::object map_part(const ThreadState& iteration) {
  const auto of = item_of(iteration);
  bj::object item{{"Index", iteration.id.index}};
  if (of.key.data() != nullptr) item["Key"] = of.key;
  item["Value"] = *of.value;
  const auto& owner = *iteration.parent;
  if (owner.join && owner.join->map_run_id != 0) item["Source"] = source_of(owner);
  return {{"Item", std::move(item)}};
}

bj::object fixed_part(const Live& live) {
  return {
      {"Execution", execution_part(live)},
      {"StateMachine", {{"Id", live.identity.workflow_id}, {"Name", live.identity.workflow_name}}}};
}

// The execution's part holds a copy of the whole input: it is made once, not once an item. The
// value of an evaluation that is over is changed in place, one that a scope still holds is not.
bj::object& changeable(Live& live) {
  if (!live.context)
    live.context = std::make_shared<bj::value>(fixed_part(live));
  else if (live.context.use_count() > 1)
    live.context = std::make_shared<bj::value>(*live.context);
  return live.context->get_object();
}

}  // namespace

asl::ContextObject::Document context_of(Live& live, const ThreadState& thread) {
  if (live.given_context) return live.given_context;
  auto& context = changeable(live);
  // Inside ItemSelector the state is still the Map state itself.
  context["State"] = state_part(live, thread.state ? thread : *thread.parent);
  context.stable_erase("Task");
  context.stable_erase("Map");
  if (!thread.token.empty() && thread.state) context["Task"] = {{"Token", thread.token}};
  if (const auto* iteration = iteration_of(thread)) context["Map"] = map_part(*iteration);
  return live.context;
}

}  // namespace orch::execution
