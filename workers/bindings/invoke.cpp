#include "workers/bindings/invoke.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/fits.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;

constexpr std::string_view mark = ":function:";

std::string_view after_mark(std::string_view text) {
  const auto at = text.find(mark);
  return at == text.npos ? text : text.substr(at + mark.size());
}

/// The function gets the payload; what it gives is wrapped as the service wraps it.
bj::value call(workers::Worker& function, const workers::Task& task,
               workers::TaskContext& context) {
  auto inner = task;
  const auto* payload = task.input.get_object().if_contains("Payload");
  inner.input = payload ? *payload : bj::value(bj::object());
  auto result = function.run(inner, context);
  // The answer of a token is the task's result as it stands.
  if (task.resource.ends_with(".waitForTaskToken")) return result;
  if (task.resource.starts_with("arn:aws:states:::aws-sdk:"))
    result = bj::string(json::write(result));
  const auto version = json::text_member(task.input, "Qualifier");
  return bj::object{{"ExecutedVersion", version.empty() ? "$LATEST" : version},
                    {"Payload", std::move(result)},
                    {"StatusCode", 200}};
}

}  // namespace

bool names_functions(std::string_view pattern) { return pattern.find(mark) != pattern.npos; }

bool is_function_of(std::string_view pattern, std::string_view given, std::string_view qualifier) {
  if (given.empty()) return false;
  const bool whole = given.starts_with("arn:");
  const auto known = whole ? pattern : after_mark(pattern);
  if (!whole) given = after_mark(given);
  if (workers::fits(given, known)) return true;
  if (!qualifier.empty() && workers::fits(fmt::format("{}:{}", given, qualifier), known))
    return true;
  // A qualifier in the name is no part of a pattern that has none.
  const auto name = after_mark(given);
  const auto colon = name.find(':');
  return colon != name.npos &&
         workers::fits(given.substr(0, given.size() - (name.size() - colon)), known);
}

bj::value Invoke::run(const workers::Task& task, workers::TaskContext& context) {
  const auto name = json::text_member(task.input, "FunctionName");
  const auto qualifier = json::text_member(task.input, "Qualifier");
  for (const auto& [pattern, function] : targets.functions)
    if (is_function_of(pattern, name, qualifier)) return call(*function, task, context);
  for (const auto& [pattern, worker] : targets.bindings)
    if (workers::fits(task.resource, pattern)) return worker->run(task, context);
  if (targets.own) return targets.own->run(task, context);
  throw workers::TaskFailed("Resource.Unknown",
                            fmt::format("no worker serves the resource \"{}\"", task.resource), {},
                            "ORCH-0204");
}

}  // namespace orch::bindings
