// validate: everything that is wrong with definitions, at once.
#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/substitutions.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/integration.h"
#include "orchestrator/stepfunctions/state_walk.h"
#include "workers/bindings/bindings.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct ValidateOptions {
  std::vector<std::string> files;
  SubstitutionOptions substitutions;
};

// Resources are no rule of the language, but a definition that names unknown ones cannot run here.
void check_resources(const Definition& definition, asl::ParseResult& result,
                     const workers::Registry& workers) {
  if (!result.workflow) return;
  const auto check = [&](const std::string& place, const std::string& name, const bj::object&) {
    const auto& state = *result.workflow->by_name.at(name);
    const auto* task = std::get_if<asl::Task>(&state.body);
    if (!task || task->resource.kind == asl::TaskKind::activity ||
        workers.find(task->resource.text))
      return;
    Problem problem{place + "/Resource",
                    fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}",
                                task->resource.text, name,
                                did_you_mean(task->resource.text, workers.resources())),
                    "name one of the workers, or bind the resource with --bindings FILE"};
    problem.warning = true;
    result.problems.push_back(std::move(problem));
  };
  stepfunctions::for_each_state(json::parse(definition.text), "", check);
  json::locate_problems(definition.text, result.problems);
  yaml::locate_problems(definition.places, result.problems);
}

/// What serves the resources of a run: the workers, the service's own integrations, the bindings.
std::unique_ptr<workers::Registry> known_workers(const Context& context) {
  auto registry = std::make_unique<workers::Registry>(workers::built_in());
  stepfunctions::Integration().add_workers(*registry);
  const auto& file = context.settings.value("bindings");
  if (!file.empty()) bindings::bind(*registry, file);
  return registry;
}

/// One definition with what is wrong with it; a file that cannot be read has that as its problem.
struct Checked {
  std::string file;
  asl::ParseResult result;
};

Checked check(const std::string& what, const Substitutions& substitutions,
              const workers::Registry& workers) {
  Checked checked{what, {}};
  try {
    const auto definition = find_definition(what, substitutions);
    checked.file = definition.file;
    checked.result = check_definition(definition);
    check_resources(definition, checked.result, workers);
  } catch (const InvalidDocument& refused) {
    checked.file = refused.file();
    checked.result.problems = refused.problems();
  } catch (const Error& error) {
    checked.result.problems.push_back({"", error.what(), error.hint()});
  }
  return checked;
}

void show(const Context& context, const Checked& checked) {
  for (const auto& problem : checked.result.problems)
    context.print(problem_text(checked.file, problem, context.out.look));
  if (checked.result.workflow)
    context.say(fmt::format(
        "{}: valid, {}", checked.file,
        render::plural(static_cast<std::int64_t>(checked.result.workflow->by_name.size()),
                       "state")));
}

int validate(const Context& context, const ValidateOptions& options) {
  if (std::count(options.files.begin(), options.files.end(), "-") > 1)
    throw Error("ORCH-0001", "standard input (-) can be read only once");
  const Substitutions substitutions(options.substitutions);
  const auto workers = known_workers(context);
  bj::array documents;
  std::int64_t bad = 0;
  for (const auto& file : options.files) {
    const auto checked = check(file, substitutions, *workers);
    bad += checked.result.workflow ? 0 : 1;
    if (!context.json()) show(context, checked);
    for (const auto& problem : checked.result.problems)
      documents.push_back(problem_document(checked.file, problem));
  }
  if (context.json()) print_documents(context, documents);
  if (bad > 0 && options.files.size() > 1)
    context.say(
        fmt::format("orch: {} of {} are not valid", bad,
                    render::plural(static_cast<std::int64_t>(options.files.size()), "definition")));
  return bad > 0 ? Exit::failure : Exit::ok;
}

}  // namespace

Action declare_validate(Arguments& app) {
  const auto options = std::make_shared<ValidateOptions>();
  app.add_option("definitions", options->files, "files (- for standard input) or shipped workflows")
      ->type_name("FILE|NAME")
      ->required()
      ->many();
  add_substitutions(app, options->substitutions);
  add_setting(app, "bindings");
  return [options](Context& context) { return validate(context, *options); };
}

}  // namespace orch::cli
