#include "workers/tools/task_input.h"

#include <fmt/format.h>

namespace orch::tools {
namespace {

constexpr std::chrono::seconds longest_timeout = std::chrono::hours(24);

std::string listed(const json::Problems& problems) {
  std::string text;
  for (const auto& problem : problems) {
    if (!text.empty()) text += "; ";
    text += problem.message;
    if (!problem.pointer.empty()) text += " at " + problem.pointer;
  }
  return text;
}

}  // namespace

void read_input(const workers::Task& task, const std::function<void(json::Fields&)>& read) {
  json::Problems problems;
  if (const auto* object = task.input.if_object()) {
    json::Fields fields(*object, "", problems);
    read(fields);
    fields.finish("the input of " + task.resource);
  } else {
    problems.push_back(
        {"", "the input must be an object, found " + json::describe_type(task.input)});
  }
  if (problems.empty()) return;
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{} of state {}: {}", task.resource, task.state, listed(problems)),
      problems.front().hint, "ORCH-0601");
}

std::string delivery_id(const workers::Task& task) {
  return fmt::format("{}-{}-{}", task.run, task.ticket, task.attempt);
}

std::chrono::seconds timeout_of(json::Fields& fields, std::chrono::seconds otherwise) {
  const auto seconds = fields.integer("timeout_seconds", 1, longest_timeout.count());
  return seconds ? std::chrono::seconds(*seconds) : otherwise;
}

}  // namespace orch::tools
