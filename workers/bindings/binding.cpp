#include "workers/bindings/binding.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/jsonata/jsonata.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;
using json::Fields;

std::optional<Template> read_template(Fields& fields, std::string_view field) {
  const auto* source = fields.get(field);
  if (!source) return std::nullopt;
  try {
    return Template(*source);
  } catch (const jsonata::Error& error) {
    fields.problem(field,
                   fmt::format("the JSONata does not parse: {}: {}", error.code(), error.what()));
    return std::nullopt;
  }
}

/// The members that orch:http and orch:process understand go to them as they are.
void read_call(Fields& fields, Binding& binding, const char* kind, const char* worker,
               const char* needed, const char* payload, const char* result) {
  const auto* settings = fields.object(kind);
  if (!settings) return;
  binding.worker = worker;
  binding.settings = *settings;
  binding.payload_member = payload;
  binding.result_member = result;
  if (!settings->contains(needed))
    fields.problem(kind, fmt::format("\"{}\" needs \"{}\"", kind, needed));
  if (settings->contains(payload))
    fields.problem(kind, fmt::format("\"{}\" is the task's own input; use \"input\" beside "
                                     "\"{}\" to change it",
                                     payload, kind));
}

Binding read_binding(std::string pattern, Fields& fields) {
  Binding binding;
  binding.pattern = std::move(pattern);
  int ways = 0;
  for (const char* way : {"worker", "http", "process", "mock"}) ways += fields.has(way) ? 1 : 0;
  if (ways != 1)
    fields.problem("", fmt::format("a binding has exactly one of worker, http, process and mock, "
                                   "found {}",
                                   ways));
  if (fields.has("worker")) binding.worker = fields.string("worker").value_or("");
  if (fields.has("http")) read_call(fields, binding, "http", "orch:http", "url", "body", "body");
  if (fields.has("process"))
    read_call(fields, binding, "process", "orch:process", "argv", "input", "");
  if (fields.has("mock")) {
    binding.answers = std::make_unique<Answers>();
    binding.answers->read(fields, "mock");
  }
  binding.input = read_template(fields, "input");
  binding.output = read_template(fields, "output");
  fields.accept({"comment"});
  fields.finish("a binding");
  return binding;
}

void read_bindings(const bj::object& list, Bindings& made, json::Problems& problems) {
  for (const auto& [pattern, value] : list) {
    const auto place = Fields(list, "/bindings", problems).at(pattern);
    if (const auto* one = value.if_object()) {
      Fields binding(*one, place, problems);
      made.bindings.push_back(read_binding(std::string(pattern), binding));
    } else {
      problems.push_back(
          {place, "a binding must be an object, found " + json::describe_type(value)});
    }
  }
}

void read_machines(const bj::object& machines, Bindings& made, json::Problems& problems) {
  Fields fields(machines, "/state_machines", problems);
  for (const auto& [name, value] : machines) {
    if (const auto file = fields.string(name)) made.machines.push_back({std::string(name), *file});
  }
}

}  // namespace

Bindings parse_bindings(const bj::value& document, json::Problems& problems) {
  Bindings made;
  const auto* object = document.if_object();
  if (!object) {
    problems.push_back(
        {"", "a bindings file must be an object, found " + json::describe_type(document)});
    return made;
  }
  Fields fields(*object, "", problems);
  fields.accept({"$schema"});
  const auto* list = fields.object("bindings");
  const auto* machines = fields.object("state_machines");
  if (!fields.has("bindings") && !machines)
    fields.problem("", "the member \"bindings\" is required");
  if (list) read_bindings(*list, made, problems);
  if (machines) read_machines(*machines, made, problems);
  fields.finish("a bindings file");
  return made;
}

}  // namespace orch::bindings
