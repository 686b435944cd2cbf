// What an operation works with, and the table of operations. Internal to service.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/engine/engine.h"
#include "orchestrator/stepfunctions/parameters.h"
#include "orchestrator/stepfunctions/redrive_tokens.h"
#include "orchestrator/stepfunctions/service.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/store.h"

namespace orch::stepfunctions {

using Object = boost::json::object;

/// The connections that one call at a time uses.
struct Desk {
  const workers::Registry& workers;
  engine::Engine* engine;  ///< null before Service::connect()
  const Options& options;
  std::unique_ptr<store::Store> reader;  ///< of runs; its machines() can be changed
  RedriveTokens& redrives;               ///< of all calls
  Place place;                           ///< of the present call's client
};

/// One call as its operation sees it.
struct Request {
  Desk& desk;
  Parameters& in;
  Call& call;

  const Place& place() const { return desk.place; }
  engine::Engine& engine() const { return *desk.engine; }
  store::Machines& machines() const { return desk.reader->machines(); }
};

struct Operation {
  std::string_view name;
  std::optional<Object> (*run)(Request& request);
  Millis patience{0};
};

/// By name.
std::span<const Operation> operations();

// One function an operation; the files are named after what they deal with.
Object create_activity(Request& request);
Object create_state_machine(Request& request);
Object create_state_machine_alias(Request& request);
Object delete_activity(Request& request);
Object delete_state_machine(Request& request);
Object delete_state_machine_alias(Request& request);
Object delete_state_machine_version(Request& request);
Object describe_activity(Request& request);
Object describe_execution(Request& request);
Object describe_map_run(Request& request);
Object describe_state_machine(Request& request);
Object describe_state_machine_alias(Request& request);
Object describe_state_machine_for_execution(Request& request);
std::optional<Object> get_activity_task(Request& request);
Object get_execution_history(Request& request);
Object list_activities(Request& request);
Object list_executions(Request& request);
Object list_map_runs(Request& request);
Object list_state_machine_aliases(Request& request);
Object list_state_machine_versions(Request& request);
Object list_state_machines(Request& request);
Object list_tags_for_resource(Request& request);
Object publish_state_machine_version(Request& request);
Object redrive_execution(Request& request);
std::optional<Object> send_task_failure(Request& request);
std::optional<Object> send_task_heartbeat(Request& request);
std::optional<Object> send_task_success(Request& request);
Object start_execution(Request& request);
std::optional<Object> start_sync_execution(Request& request);
Object stop_execution(Request& request);
Object tag_resource(Request& request);
Object test_state(Request& request);
Object untag_resource(Request& request);
Object update_map_run(Request& request);
Object update_state_machine(Request& request);
Object update_state_machine_alias(Request& request);
Object validate_state_machine_definition(Request& request);

}  // namespace orch::stepfunctions
