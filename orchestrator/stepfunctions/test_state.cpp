// TestState: one state, an input, and what becomes of it.
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/random.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/execution/trial.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/definitions.h"
#include "orchestrator/stepfunctions/mock_shapes.h"
#include "orchestrator/stepfunctions/start.h"
#include "orchestrator/stepfunctions/trial_context.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

constexpr const char* lone_name = "StateName";  // of a definition that is a state alone
constexpr Length data_length{0, 262'144};
// A task without a mock is done while the client waits.
constexpr Millis task_patience{290'000};

[[noreturn]] void refuse_trial(const std::string& message) {
  throw ServiceError("ValidationException", message);
}

bj::value parsed(const std::string& text, const char* refusal) {
  try {
    return json::parse(text);
  } catch (const json::SyntaxError&) {
    refuse_trial(refusal);
  }
}

/// What the client says instead of doing the work.
struct Mock {
  std::optional<bj::value> result;
  std::optional<asl::Failure> error;
  MockMode mode = MockMode::strict;
};

struct Configuration {
  std::optional<std::int64_t> retries;
  std::optional<std::int64_t> failures;
  std::optional<std::string> failed_state;
  std::optional<std::string> items;
};

struct Asked {
  std::string definition;
  std::string role;
  std::string input;
  std::string level;
  bool reveal_secrets = false;
  std::optional<std::string> state;
  std::optional<std::string> variables;
  std::optional<std::string> context;
  std::optional<Mock> mock;
  Configuration configuration;
};

std::optional<Mock> read_mock(Parameters& in) {
  const auto* given = in.object("mock");
  if (!given) return std::nullopt;
  Parameters fields(*given);
  Mock mock;
  const auto result = fields.text("result", data_length);
  const auto mode = fields.one_of("fieldValidationMode", {"STRICT", "PRESENT", "NONE"});
  if (mode == "PRESENT") mock.mode = MockMode::present;
  if (mode == "NONE") mock.mode = MockMode::none;
  if (const auto* error = fields.object("errorOutput")) {
    Parameters failure(*error);
    mock.error = asl::Failure{failure.text_or("error", "", {0, 256}),
                              failure.text_or("cause", "", {0, 32'768})};
    fields.adopt("errorOutput", failure);
  }
  in.adopt("mock", fields);
  if (result && mock.error)
    refuse_trial(
        "A test mock should have only one of the following fields: [result, errorOutput].");
  if (!result && !mock.error)
    refuse_trial("A test mock must have one of the following fields: [result, errorOutput].");
  if (result) mock.result = parsed(*result, "Mocked result must be valid JSON");
  return mock;
}

Configuration read_configuration(Parameters& in) {
  Configuration read;
  const auto* given = in.object("stateConfiguration");
  if (!given) return read;
  Parameters fields(*given);
  read.retries = fields.integer("retrierRetryCount", 0, std::numeric_limits<std::int32_t>::max());
  read.failures =
      fields.integer("mapIterationFailureCount", 0, std::numeric_limits<std::int32_t>::max());
  read.failed_state = fields.text("errorCausedByState", {1, 80});
  read.items = fields.text("mapItemReaderData", data_length);
  in.adopt("stateConfiguration", fields);
  return read;
}

Asked read(Parameters& in) {
  Asked asked;
  asked.definition = in.required("definition", {1, 1'048'576});
  asked.role = in.text_or("roleArn", "", {1, 256});
  asked.input = in.text_or("input", "{}", data_length);
  asked.level = in.one_of("inspectionLevel", {"INFO", "DEBUG", "TRACE"}).value_or("INFO");
  asked.reveal_secrets = in.flag("revealSecrets");
  asked.state = in.text("stateName", {1, 80});
  asked.variables = in.text("variables", data_length);
  asked.context = in.text("context", data_length);
  asked.mock = read_mock(in);
  asked.configuration = read_configuration(in);
  in.check();
  return asked;
}

void add_target(const bj::object& object, const char* field, std::set<std::string>& names) {
  const auto* name = object.if_contains(field);
  if (name && name->is_string()) names.emplace(name->get_string());
}

/// The states that a state alone leads to.
std::set<std::string> targets_of(const bj::object& state) {
  std::set<std::string> names;
  add_target(state, "Next", names);
  add_target(state, "Default", names);
  for (const char* list : {"Choices", "Catch"}) {
    const auto* rules = state.if_contains(list);
    for (std::size_t i = 0; rules && rules->is_array() && i < rules->get_array().size(); ++i)
      if (const auto* rule = rules->get_array()[i].if_object()) add_target(*rule, "Next", names);
  }
  return names;
}

/// A state alone becomes a machine whose other states are there by name only.
std::string whole_definition(const std::string& text) {
  bj::value document;
  try {
    document = json::parse(text);
  } catch (const json::SyntaxError&) {
    return text;  // check_definition() words it
  }
  const auto* state = document.if_object();
  if (!state || state->contains("States")) return text;
  bj::object states{{lone_name, *state}};
  for (const auto& name : targets_of(*state)) {
    if (name != lone_name) states[name] = {{"Type", "Succeed"}};
  }
  bj::object whole{{"StartAt", lone_name}, {"States", std::move(states)}};
  if (const auto* language = state->if_contains("QueryLanguage"))
    whole["QueryLanguage"] = *language;
  return json::write(whole);
}

bool has_children(const asl::State& state) {
  return std::holds_alternative<asl::Map>(state.body) ||
         std::holds_alternative<asl::Parallel>(state.body);
}

void check_mocked_result(const asl::State& state, const Mock& mock) {
  if (!mock.result) return;
  const auto& result = *mock.result;
  if (const auto* map = std::get_if<asl::Map>(&state.body)) {
    const bool writes = map->distributed && map->distributed->writer;
    if (writes && !result.is_object()) refuse_trial("Mocked result must be a JSON object.");
    if (!writes && !result.is_array()) refuse_trial("Mocked result must be an array.");
  } else if (const auto* parallel = std::get_if<asl::Parallel>(&state.body)) {
    if (!result.is_array()) refuse_trial("Mocked result must be an array.");
    if (result.get_array().size() != parallel->branches.size())
      refuse_trial(
          "Mocked result must contain the same number of items as number of Parallel branches.");
  } else if (const auto* task = std::get_if<asl::Task>(&state.body)) {
    const auto fault = mock_fault(task->resource.text, result, mock.mode);
    if (!fault.empty()) refuse_trial("Mock result schema validation error: " + fault);
  }
}

void check_mock(const asl::State& state, const Asked& asked) {
  if (asked.reveal_secrets)
    refuse_trial("TestState does not support RevealSecrets when a mock is specified.");
  if (!has_children(state) && !std::holds_alternative<asl::Task>(state.body))
    refuse_trial(fmt::format("State type '{}' is not supported when a mock is specified",
                             asl::type_name(state)));
  check_mocked_result(state, *asked.mock);
}

void check_without_mock(const asl::State& state, const Asked& asked) {
  const auto only_mocked = [](bool given, const char* name) {
    if (given)
      refuse_trial(
          fmt::format("TestState does not support {} when a mock is not specified.", name));
  };
  only_mocked(asked.configuration.failures.has_value(), "MapIterationFailureCount");
  only_mocked(asked.configuration.retries.has_value(), "RetrierRetryCount");
  only_mocked(asked.configuration.failed_state.has_value(), "ErrorCausedByState");
  only_mocked(asked.configuration.items.has_value(), "MapItemReaderData");
  only_mocked(asked.context.has_value(), "Context");
  if (has_children(state))
    throw ServiceError("InvalidDefinition",
                       "TestState API does not support Map or Parallel states. Supported state "
                       "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
  const auto* task = std::get_if<asl::Task>(&state.body);
  if (!task) return;
  if (task->resource.kind == asl::TaskKind::activity ||
      task->resource.completion != asl::Completion::response)
    throw ServiceError("InvalidDefinition",
                       fmt::format("TestState API does not support the resource '{}' when a mock "
                                   "is not specified",
                                   task->resource.text));
  if (asked.role.empty()) refuse_trial("RoleArn must be specified when testing a Task state");
}

const asl::State& find_state(const asl::Workflow& workflow, const Asked& asked) {
  const auto name = asked.state.value_or(lone_name);
  const auto found = workflow.by_name.find(name);
  if (found == workflow.by_name.end()) refuse_trial("State not found in definition");
  return *found->second;
}

execution::Identity identity_of(const Request& request, const Asked& asked) {
  execution::Identity identity;
  identity.workflow_name = new_uuid();
  identity.workflow_id = request.place().machine(identity.workflow_name);
  identity.name = new_uuid();
  identity.execution_id =
      request.place().arn("express:" + identity.workflow_name + ":" + identity.name);
  identity.role = asked.role;
  identity.express = true;
  identity.token_prefix = identity.name;
  identity.input = json::Payload::of_text(asked.input);
  return identity;
}

execution::TrialSetup setup_of(const Asked& asked, const asl::State& state) {
  execution::TrialSetup setup;
  setup.state = state.name;
  setup.shown_state = lone_name;  // as the service has it, also of a state in a machine
  setup.input = json::Payload::of_text(asked.input);
  if (asked.variables) {
    const auto given = parsed(*asked.variables, "Variables must be a valid JSON object");
    if (!given.is_object()) refuse_trial("Variables must be a valid JSON object");
    for (const auto& [name, value] : given.get_object())
      setup.variables.emplace(name, json::Payload::of_value(value));
  }
  if (asked.context) {
    auto context = parsed(*asked.context, "Invalid Context object provided: it is not valid JSON");
    check_context(context, state);
    setup.context = json::Payload::of_value(std::move(context));
  }
  setup.retries = asked.configuration.retries.value_or(0);
  setup.at = wall_now();
  setup.seed = random_bits();
  return setup;
}

/// How many items a Map has: those read from outside are given with the request.
std::int64_t item_count(const execution::Trial& trial, const Configuration& configuration,
                        const bj::value& result) {
  if (configuration.items) {
    const auto items = parsed(*configuration.items, "MapItemReaderData must be valid JSON");
    if (items.is_array()) return std::ssize(items.get_array());
  }
  const auto found = trial.inspection().data.find("afterItemsPath");
  const auto& items = found == trial.inspection().data.end() ? result : found->second.value();
  return items.is_array() ? std::ssize(items.get_array()) : 0;
}

bool exceeded(const execution::Trial& trial, const Configuration& configuration,
              const bj::value& result) {
  const auto& data = trial.inspection().data;
  const auto failures = static_cast<double>(configuration.failures.value_or(0));
  const auto count = data.find("toleratedFailureCount");
  if (count != data.end() && failures > count->second.value().to_number<double>()) return true;
  const auto share = data.find("toleratedFailurePercentage");
  return share != data.end() &&
         100.0 * failures > share->second.value().to_number<double>() *
                                static_cast<double>(item_count(trial, configuration, result));
}

/// A worker's way back when heartbeats are not counted.
class Patience final : public workers::TaskContext {
 public:
  bool stop_requested() const override { return std::chrono::steady_clock::now() > end_; }
  void report(const workers::Progress&) override {}
  void heartbeat() override {}

 private:
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + task_patience;
};

void do_task(Request& request, execution::Trial& trial, const execution::OpenTask& open) {
  workers::Task task;
  task.run = task.run_name = new_uuid();
  task.store = request.desk.reader->store_id();
  task.state = open.state;
  task.resource = open.resource.text;
  task.connections = request.desk.options.connections;
  task.input = open.parameters.value();
  task.access = request.desk.options.access;
  Patience patience;
  try {
    auto* worker = request.desk.workers.find(task.resource);
    if (!worker)
      throw workers::TaskFailed("Resource.Unknown",
                                fmt::format("no worker serves the resource \"{}\"", task.resource));
    trial.give(json::Payload::of_value(worker->run(task, patience)));
  } catch (const workers::TaskFailed& failure) {
    trial.fail({failure.error(), failure.cause()});
  } catch (const workers::Cancelled&) {
    trial.fail({"States.Timeout", ""});
  } catch (const std::exception& error) {
    trial.fail({"States.TaskFailed", error.what()});
  }
}

void apply_mock(execution::Trial& trial, const Asked& asked) {
  if (asked.mock->error) return trial.fail(*asked.mock->error);
  const auto& result = *asked.mock->result;
  if (has_children(trial.state()) && exceeded(trial, asked.configuration, result))
    return trial.fail({"States.ExceedToleratedFailureThreshold",
                       "The specified tolerated failure threshold was exceeded"});
  trial.give(json::Payload::of_value(result));
}

/// What the service tells of the way, by the kind of state.
std::vector<std::string_view> shown_members(const asl::State& state) {
  const bool task = std::holds_alternative<asl::Task>(state.body);
  const bool map = std::holds_alternative<asl::Map>(state.body);
  std::vector<std::string_view> names;
  if (task) names = {"result", "afterArguments"};
  if (map) names = {"maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage"};
  if (state.language == asl::QueryLanguage::jsonata) return names;
  if (map) names.insert(names.end(), {"afterItemsPath", "afterItemSelector"});
  if (task || std::holds_alternative<asl::Pass>(state.body)) names.push_back("afterParameters");
  if (!std::holds_alternative<asl::Parallel>(state.body)) names.push_back("afterInputPath");
  if (has_children(state) || task || std::holds_alternative<asl::Pass>(state.body))
    names.insert(names.end(), {"afterResultSelector", "afterResultPath"});
  return names;
}

Object error_details(const execution::Inspection& inspection) {
  Object details;
  if (inspection.catch_index) {
    details["catchIndex"] = *inspection.catch_index;
  } else if (inspection.retry_index) {
    details["retryIndex"] = *inspection.retry_index;
    if (inspection.retry_backoff)
      details["retryBackoffIntervalSeconds"] = inspection.retry_backoff->count() / 1'000;
  }
  return details;
}

Object inspection_data(const execution::Trial& trial, const Asked& asked) {
  const auto& inspection = trial.inspection();
  Object data{{"input", asked.input}};
  // As they are behind the state.
  if (const auto set = inspection.data.find("variables"); set != inspection.data.end())
    data["variables"] = set->second.text();
  else if (asked.variables)
    data["variables"] = *asked.variables;
  for (const auto name : shown_members(trial.state())) {
    const auto found = inspection.data.find(name);
    if (found == inspection.data.end()) continue;
    const bool number =
        found->second.value().is_number() && !name.starts_with("after") && name != "result";
    if (number)
      data[name] = found->second.value();
    else
      data[name] = found->second.text();
  }
  if (auto details = error_details(inspection); !details.empty())
    data["errorDetails"] = std::move(details);
  return data;
}

std::string_view status_name(execution::TrialStatus status) {
  constexpr std::array names = {"RUNNING", "SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"};
  return names[static_cast<std::size_t>(status)];
}

Object answer(const execution::Trial& trial, const Asked& asked) {
  const auto& outcome = trial.outcome();
  Object out{{"status", status_name(outcome.status)}};
  if (outcome.output) out["output"] = outcome.output->text();
  if (outcome.error) out["error"] = *outcome.error;
  if (outcome.cause) out["cause"] = *outcome.cause;
  if (outcome.next_state) out["nextState"] = *outcome.next_state;
  if (asked.level != "INFO") out["inspectionData"] = inspection_data(trial, asked);
  return out;
}

}  // namespace

Object test_state(Request& request) {
  const auto asked = read(request.in);
  const auto definition = whole_definition(asked.definition);
  check_definition(request.desk, definition, false);
  const auto workflow = asl::parse_or_throw(definition, "the definition");
  const auto& state = find_state(*workflow, asked);
  asked.mock ? check_mock(state, asked) : check_without_mock(state, asked);
  check_input(asked.input);
  execution::Trial trial(workflow, identity_of(request, asked), setup_of(asked, state));
  if (trial.outcome().status == execution::TrialStatus::open) {
    if (asked.mock)
      apply_mock(trial, asked);
    else if (const auto task = trial.open_task())
      do_task(request, trial, *task);
  }
  return answer(trial, asked);
}

}  // namespace orch::stepfunctions
