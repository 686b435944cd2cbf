#include "workers/steps/step_input.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/fields.h"

namespace orch::steps {
namespace {

const boost::json::value* member(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains({name.data(), name.size()}) : nullptr;
  return found && !found->is_null() ? found : nullptr;
}

[[noreturn]] void invalid_catalog(const InvalidDocument& error) {
  std::string message = error.file() + " is not a valid catalog:";
  for (const auto& problem : error.problems()) {
    message +=
        fmt::format("\n  {}: {}", problem.pointer.empty() ? "/" : problem.pointer, problem.message);
    if (problem.line > 0) message += fmt::format(" (line {})", problem.line);
  }
  throw workers::TaskFailed("Catalog.Invalid", message,
                            "`orch catalog validate` checks a catalog without running it",
                            error.code());
}

catalog::Catalog load(const workers::Task& task, const connections::Connections& connections) {
  const auto* reference = input_member(task, "catalog");
  if (!reference)
    throw workers::TaskFailed(
        "Input.Invalid",
        fmt::format("{} of state {}: no \"catalog\" in the input", task.resource, task.state),
        R"(submit with --input '{"catalog": "catalog.json"}')", "ORCH-0530");
  if (reference->is_string())
    return catalog::load_catalog(connections.folder() / std::string_view(reference->get_string()));
  return catalog::parse_catalog(*reference, "the catalog in the input");
}

}  // namespace

const boost::json::value* input_member(const workers::Task& task, std::string_view name) {
  return member(task.input, name);
}

const boost::json::value* option(const workers::Task& task, std::string_view name) {
  const auto* options = input_member(task, "options");
  return options ? member(*options, name) : nullptr;
}

std::vector<std::string> string_list(const boost::json::value* value) {
  std::vector<std::string> list;
  if (!value) return list;
  if (value->is_string()) return {std::string(value->get_string())};
  if (const auto* array = value->if_array()) {
    for (const auto& item : *array) {
      if (item.is_string()) list.emplace_back(item.get_string());
    }
  }
  return list;
}

std::int64_t integer_option(const workers::Task& task, std::string_view name,
                            std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const auto* value = option(task, name);
  if (!value) return otherwise;
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
    return value->get_int64();
  throw workers::TaskFailed("Input.Invalid",
                            fmt::format("{} must be an integer from {} to {}, found {}", name,
                                        least, most, json::describe_type(*value)),
                            "", "ORCH-0530");
}

std::vector<catalog::Entry> chosen_entries(const workers::Task& task,
                                           const connections::Connections& connections) {
  try {
    return catalog::choose(load(task, connections), string_list(option(task, "only")),
                           string_list(option(task, "tags")));
  } catch (const InvalidDocument& error) {
    invalid_catalog(error);
  } catch (const Error& error) {
    throw workers::TaskFailed("Catalog.Invalid", error.what(), error.hint(), error.code());
  }
}

}  // namespace orch::steps
