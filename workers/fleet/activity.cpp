#include "workers/fleet/activity.h"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/error.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"

namespace orch::fleet {
namespace {

constexpr const char* member = "orch";

std::int64_t ticket_of(const std::string& token) {
  std::uint64_t number = 0;
  for (const char byte : aws::sha256(token).substr(0, 8))
    number = number << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number >> 1U);
}

/// "arn:aws:states:us-east-1:123456789012" of an activity's ARN: where its clock ticks.
std::string account_of(const std::string& activity) {
  return activity.substr(0, activity.find(":activity:"));
}

[[noreturn]] void refuse(const std::string& activity, const Problem& problem) {
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{}: {} at {}", name_of(activity), problem.message, problem.pointer),
      R"(for example "orch": {"run.$": "$$.Execution.Id", "name.$": "$$.Execution.Name"})",
      "ORCH-0530");
}

void read_identity(const boost::json::value& value, const std::string& activity,
                   workers::Task& task) {
  json::Problems problems;
  if (const auto* object = value.if_object()) {
    json::Fields fields(*object, "/orch", problems);
    task.run = fields.string("run").value_or(task.run);
    task.run_name = fields.string("name").value_or(task.run_name);
    task.state = fields.string("state").value_or(task.state);
    task.attempt = fields.integer("attempt", 0, INT32_MAX).value_or(0);
    fields.finish("what a definition tells of a task");
  } else {
    problems.push_back({"/orch", "expected an object, found " + json::describe_type(value)});
  }
  if (!problems.empty()) refuse(activity, problems.front());
}

std::optional<boost::json::object> object_in(const std::string& input) {
  auto value = json::parse(input);
  if (!value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

}  // namespace

Work work_of(const ActivityTask& given, const std::string& resource,
             const std::filesystem::path& connections) {
  Work work{{}, given.input};
  auto& task = work.task;
  task.ticket = ticket_of(given.token);
  task.fence = given.at.time_since_epoch().count();
  task.store = account_of(given.activity);
  task.run = fmt::format("{}-{:016x}", name_of(given.activity), task.ticket);
  task.run_name = task.run;
  task.state = name_of(given.activity);
  task.resource = resource;
  task.connections = connections;
  auto object = object_in(given.input);
  if (!object || !object->contains(member)) return work;
  read_identity(object->at(member), given.activity, task);
  object->stable_erase(member);
  work.input = json::write(*object);
  return work;
}

std::string region_of(const std::string& activity) {
  constexpr std::string_view service = ":states:";
  const auto at = activity.find(service);
  const auto region = at == activity.npos ? activity.npos : at + service.size();
  if (!activity.starts_with("arn:") || region == activity.npos ||
      activity.find(":activity:") == activity.npos)
    throw Error("ORCH-0001", fmt::format("--activity is \"{}\": expected the ARN of one", activity),
                "arn:aws:states:REGION:ACCOUNT:activity:NAME; a name alone needs --create");
  return activity.substr(region, activity.find(':', region) - region);
}

std::string name_of(const std::string& activity) {
  return activity.substr(activity.rfind(':') + 1);
}

}  // namespace orch::fleet
