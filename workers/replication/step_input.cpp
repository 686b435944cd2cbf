#include "workers/replication/step_input.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/fields.h"

namespace orch::replication {
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

/// {"connection", "schema"?, "table"} or {"connection", "query"}.
catalog::Catalog load_table(const boost::json::object& reference,
                            const connectors::Connections& connections) {
  json::Problems problems;
  json::Fields fields(reference, "/catalog", problems);
  const auto connection = fields.required_string("connection");
  data::Relation from;
  from.table = {fields.string("schema").value_or(""), fields.string("table").value_or("")};
  from.query = fields.string("query").value_or("");
  if (from.table.name.empty() == from.query.empty())
    fields.problem("", "a catalog in a database needs exactly one of table and query");
  fields.finish("the place of a catalog");
  if (!problems.empty())
    throw InvalidDocument("ORCH-0310", "the catalog in the input", std::move(problems));
  return catalog::load_catalog_table(connections, connection, from);
}

/// What the input of a run may say; the last is what orch:health answers, where the shipped
/// workflows keep it.
constexpr std::array option_names = {"catalog",      "only",          "tags",
                                     "allow_empty",  "takeover",      "max_concurrency",
                                     "tolerance",    "report_folder", "deadline_seconds",
                                     "poll_seconds", "if_running",    "health"};

std::string error_name(std::string_view code) {
  if (code == "ORCH-0312" || code == "ORCH-0315") return "Catalog.NoMatch";
  return code == "ORCH-0314" ? "Catalog.Empty" : "Catalog.Invalid";
}

}  // namespace

const boost::json::value* input_member(const workers::Task& task, std::string_view name) {
  return member(task.input, name);
}

const boost::json::value* option(const workers::Task& task, std::string_view name) {
  const auto* options = input_member(task, "options");
  return options ? member(*options, name) : nullptr;
}

const boost::json::value* catalog_reference(const workers::Task& task) {
  const auto* reference = input_member(task, "catalog");
  return reference ? reference : option(task, "catalog");
}

catalog::Catalog read_catalog(const workers::Task& task, const boost::json::value* reference,
                              const connectors::Connections& connections) {
  if (!task.catalog.empty()) return catalog::load_catalog(task.catalog);
  if (!reference)
    throw workers::TaskFailed(
        "Input.Invalid",
        fmt::format("{} of state {}: no \"catalog\" in the input", task.resource, task.state),
        R"(submit with --input '{"catalog": "catalog.json"}')", "ORCH-0530");
  if (reference->is_string()) {
    const std::string name(reference->get_string());
    return catalog::load_catalog(connections.document(name), connections.folder() / name);
  }
  const auto* object = reference->if_object();
  if (object && object->contains("connection")) return load_table(*object, connections);
  return catalog::parse_catalog(*reference, "the catalog in the input");
}

std::vector<std::string> string_list(std::string_view name, const boost::json::value* value) {
  if (!value) return {};
  if (value->is_string()) return {std::string(value->get_string())};
  const auto refuse = [&](const boost::json::value& found) {
    throw workers::TaskFailed(
        "Input.Invalid",
        fmt::format("{} must be an array of strings, found {}", name, json::describe_type(found)),
        "", "ORCH-0530");
  };
  if (!value->is_array()) refuse(*value);
  std::vector<std::string> list;
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) refuse(item);
    list.emplace_back(item.get_string());
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

bool boolean_option(const workers::Task& task, std::string_view name) {
  const auto* value = option(task, name);
  if (!value) return false;
  if (value->is_bool()) return value->get_bool();
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{} must be true or false, found {}", name, json::describe_type(*value)), "",
      "ORCH-0530");
}

void check_options(const workers::Task& task) {
  const auto* options = input_member(task, "options");
  const auto* object = options ? options->if_object() : nullptr;
  if (!object) return;
  const std::vector<std::string> known(option_names.begin(), option_names.end());
  std::vector<std::string> unknown;
  for (const auto& [name, value] : *object) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      unknown.push_back(fmt::format("no member \"{}\"{}", std::string(name),
                                    did_you_mean(std::string(name), known)));
  }
  if (unknown.empty()) return;
  throw workers::TaskFailed(
      "Input.Invalid", fmt::format("the run's input: {}", fmt::join(unknown, "; ")),
      fmt::format("it takes {}; a workflow with members of its own passes \"options\" those alone",
                  fmt::join(known.begin(), known.end() - 1, ", ")),
      "ORCH-0530");
}

namespace {

std::optional<std::vector<std::string>> list_option(const workers::Task& task, const char* name) {
  const auto* value = option(task, name);
  return value ? std::optional(string_list(name, value)) : std::nullopt;
}

}  // namespace

Chosen chosen_entries(const workers::Task& task, const connectors::Connections& connections) {
  check_options(task);
  try {
    Chosen chosen;
    chosen.catalog = read_catalog(task, catalog_reference(task), connections);
    chosen.entries =
        catalog::choose(chosen.catalog, {list_option(task, "only"), list_option(task, "tags"),
                                         boolean_option(task, "allow_empty")});
    return chosen;
  } catch (const InvalidDocument& error) {
    invalid_catalog(error);
  } catch (const Error& error) {
    throw workers::TaskFailed(error_name(error.code()), error.what(), error.hint(), error.code());
  }
}

}  // namespace orch::replication
