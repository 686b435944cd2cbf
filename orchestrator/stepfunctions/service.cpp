#include "orchestrator/stepfunctions/service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/stepfunctions/desk.h"
#include "orchestrator/store/open.h"

namespace orch::stepfunctions {
namespace {

constexpr Millis activity_patience{60'000};
constexpr Millis express_patience{300'000};

template <Object (*operation)(Request&)>
std::optional<Object> at_once(Request& request) {
  return operation(request);
}

constexpr std::array table = {
    Operation{"CreateActivity", at_once<create_activity>},
    Operation{"CreateStateMachine", at_once<create_state_machine>},
    Operation{"CreateStateMachineAlias", at_once<create_state_machine_alias>},
    Operation{"DeleteActivity", at_once<delete_activity>},
    Operation{"DeleteStateMachine", at_once<delete_state_machine>},
    Operation{"DeleteStateMachineAlias", at_once<delete_state_machine_alias>},
    Operation{"DeleteStateMachineVersion", at_once<delete_state_machine_version>},
    Operation{"DescribeActivity", at_once<describe_activity>},
    Operation{"DescribeExecution", at_once<describe_execution>},
    Operation{"DescribeMapRun", at_once<describe_map_run>},
    Operation{"DescribeStateMachine", at_once<describe_state_machine>},
    Operation{"DescribeStateMachineAlias", at_once<describe_state_machine_alias>},
    Operation{"DescribeStateMachineForExecution", at_once<describe_state_machine_for_execution>},
    Operation{"GetActivityTask", get_activity_task, activity_patience},
    Operation{"GetExecutionHistory", at_once<get_execution_history>},
    Operation{"ListActivities", at_once<list_activities>},
    Operation{"ListExecutions", at_once<list_executions>},
    Operation{"ListMapRuns", at_once<list_map_runs>},
    Operation{"ListStateMachineAliases", at_once<list_state_machine_aliases>},
    Operation{"ListStateMachineVersions", at_once<list_state_machine_versions>},
    Operation{"ListStateMachines", at_once<list_state_machines>},
    Operation{"ListTagsForResource", at_once<list_tags_for_resource>},
    Operation{"PublishStateMachineVersion", at_once<publish_state_machine_version>},
    Operation{"RedriveExecution", at_once<redrive_execution>},
    Operation{"SendTaskFailure", send_task_failure},
    Operation{"SendTaskHeartbeat", send_task_heartbeat},
    Operation{"SendTaskSuccess", send_task_success},
    Operation{"StartExecution", at_once<start_execution>},
    Operation{"StartSyncExecution", start_sync_execution, express_patience},
    Operation{"StopExecution", at_once<stop_execution>},
    Operation{"TagResource", at_once<tag_resource>},
    Operation{"TestState", at_once<test_state>},
    Operation{"UntagResource", at_once<untag_resource>},
    Operation{"UpdateMapRun", at_once<update_map_run>},
    Operation{"UpdateStateMachine", at_once<update_state_machine>},
    Operation{"UpdateStateMachineAlias", at_once<update_state_machine_alias>},
    Operation{"ValidateStateMachineDefinition", at_once<validate_state_machine_definition>},
};

const Operation* find_operation(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Operation& each) { return each.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

/// A desk for the time of one call.
class Service::Borrowed {
 public:
  explicit Borrowed(Service& service) : service_(service) {
    {
      const std::scoped_lock lock(service_.mutex_);
      if (!service_.idle_.empty()) {
        desk_ = std::move(service_.idle_.back());
        service_.idle_.pop_back();
        return;
      }
    }
    desk_ = std::make_unique<Desk>(Desk{service_.workers_, nullptr, service_.options_,
                                        store::open_beside_owner(service_.store_),
                                        *service_.redrives_, Place{}});
  }
  ~Borrowed() {
    const std::scoped_lock lock(service_.mutex_);
    service_.idle_.push_back(std::move(desk_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Desk& operator*() { return *desk_; }

 private:
  Service& service_;
  std::unique_ptr<Desk> desk_;
};

std::span<const Operation> operations() { return table; }

Service::Service(const workers::Registry& workers, std::string store, Options options)
    : workers_(workers),
      store_(std::move(store)),
      options_(std::move(options)),
      redrives_(std::make_unique<RedriveTokens>()) {}

Service::~Service() = default;

std::optional<Object> Service::call(Call& call) {
  const auto* operation = find_operation(call.operation);
  if (!operation)
    throw ServiceError("UnknownOperationException",
                       fmt::format("there is no operation \"{}\"", call.operation));
  Borrowed desk(*this);
  (*desk).engine = engine_;
  (*desk).place = {call.region.empty() ? options_.region : call.region, options_.account};
  Parameters in(call.request);
  Request request{*desk, in, call};
  return operation->run(request);
}

void Service::give_back(const std::string& token) { engine_->give_back(token); }

std::vector<std::string_view> operation_names() {
  std::vector<std::string_view> names;
  for (const auto& operation : table) names.push_back(operation.name);
  return names;
}

Millis patience_of(std::string_view operation) {
  const auto* found = find_operation(operation);
  return found ? found->patience : Millis{0};
}

}  // namespace orch::stepfunctions
