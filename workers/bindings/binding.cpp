#include "workers/bindings/binding.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/jsonata/jsonata.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;
using json::Fields;

constexpr auto any_number = std::numeric_limits<std::int64_t>::max();

Fields nested(const bj::object& object, const Fields& around, std::string_view field) {
  return Fields(object, around.at(field), around.problems());
}

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

Answer read_answer(Fields& fields) {
  Answer answer;
  if (const auto* result = fields.get("result")) answer.result = *result;
  answer.error = fields.string("error").value_or("");
  answer.cause = fields.string("cause").value_or("");
  answer.times = fields.integer("times", 1, any_number).value_or(1);
  if (answer.result.has_value() == !answer.error.empty())
    fields.problem("", "a recorded answer has either a \"result\" or an \"error\"");
  fields.finish("a recorded answer");
  return answer;
}

void read_mock(Fields& fields, Binding& binding) {
  const auto* mock = fields.get("mock");
  if (const auto* one = mock->if_object()) {
    auto answer = nested(*one, fields, "mock");
    binding.answers.push_back(read_answer(answer));
    return;
  }
  const auto* several = mock->if_array();
  if (!several || several->empty())
    return fields.problem("mock", "\"mock\" must be a recorded answer or a list of them");
  for (std::size_t i = 0; i < several->size(); ++i) {
    const auto* one = (*several)[i].if_object();
    if (!one) {
      fields.problem("mock", fmt::format("answer {} must be an object", i + 1));
      continue;
    }
    Fields answer(*one, fmt::format("{}/{}", fields.at("mock"), i), fields.problems());
    binding.answers.push_back(read_answer(answer));
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
  if (fields.has("mock")) read_mock(fields, binding);
  binding.input = read_template(fields, "input");
  binding.output = read_template(fields, "output");
  fields.accept({"comment"});
  fields.finish("a binding");
  return binding;
}

}  // namespace

std::vector<Binding> parse_bindings(const bj::value& document, json::Problems& problems) {
  std::vector<Binding> bindings;
  const auto* object = document.if_object();
  if (!object) {
    problems.push_back(
        {"", "a bindings file must be an object, found " + json::describe_type(document)});
    return bindings;
  }
  Fields fields(*object, "", problems);
  fields.accept({"$schema"});
  const auto* list = fields.object("bindings");
  if (!fields.has("bindings")) fields.problem("", "the member \"bindings\" is required");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto& [pattern, value] = *(list->begin() + static_cast<std::ptrdiff_t>(i));
    const auto place = Fields(*list, "/bindings", problems).at(pattern);
    if (const auto* one = value.if_object()) {
      Fields binding(*one, place, problems);
      bindings.push_back(read_binding(std::string(pattern), binding));
    } else {
      problems.push_back(
          {place, "a binding must be an object, found " + json::describe_type(value)});
    }
  }
  fields.finish("a bindings file");
  return bindings;
}

}  // namespace orch::bindings
