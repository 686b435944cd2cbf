#include "orchestrator/stepfunctions/trial_context.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "orchestrator/stepfunctions/error.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

/// A member of the context object; with members of its own, or any value.
struct Part {
  std::string_view name;
  std::span<const Part> parts = {};
};

constexpr std::array execution = {Part{"Id"},         Part{"Input"},     Part{"Name"},
                                  Part{"RoleArn"},    Part{"StartTime"}, Part{"RedriveCount"},
                                  Part{"RedriveTime"}};
constexpr std::array state_machine = {Part{"Id"}, Part{"Name"}};
constexpr std::array state_part = {Part{"EnteredTime"}, Part{"Name"}, Part{"RetryCount"}};
constexpr std::array item = {Part{"Index"}, Part{"Key"}, Part{"Value"}, Part{"Source"}};
constexpr std::array map = {Part{"Item", item}};
constexpr std::array task = {Part{"Token"}};
constexpr std::array whole = {Part{"Execution", execution}, Part{"StateMachine", state_machine},
                              Part{"State", state_part}, Part{"Map", map}, Part{"Task", task}};

[[noreturn]] void refuse_context(const std::string& why) {
  throw ServiceError("ValidationException",
                     fmt::format("Invalid Context object provided: {}", why));
}

void check_parts(const bj::object& object, std::span<const Part> parts) {
  for (const auto& [key, value] : object) {
    const std::string_view name = key;
    const auto part = std::find_if(parts.begin(), parts.end(),
                                   [&](const Part& each) { return each.name == name; });
    if (part == parts.end()) refuse_context(fmt::format("Field '{}' is not allowed", name));
    if (part->parts.empty()) continue;
    if (!value.is_object()) refuse_context(fmt::format("Field '{}' must be an object", name));
    check_parts(value.get_object(), part->parts);
  }
}

bool sees_token(const asl::State& state) {
  const auto* made = std::get_if<asl::Task>(&state.body);
  return made && made->resource.completion != asl::Completion::response;
}

}  // namespace

void check_context(const bj::value& context, const asl::State& state) {
  const auto* object = context.if_object();
  if (!object) refuse_context("Context object must be a JSON object");
  check_parts(*object, whole);
  if (object->contains("Task") && !sees_token(state))
    refuse_context(
        "Context object contains 'Task' when state is not a Task state with a '.sync' or "
        "'.waitForTaskToken' service integration pattern");
}

}  // namespace orch::stepfunctions
