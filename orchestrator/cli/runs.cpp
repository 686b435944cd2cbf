// submit, resume, stop.
#include <filesystem>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/preflight.h"
#include "orchestrator/cli/run_or_delegate.h"
#include "orchestrator/cli/substitutions.h"
#include "orchestrator/engine/stop_at_rest.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;

struct SubmitOptions {
  std::string what;
  std::string input = "{}";
  std::string name;
  std::string if_running;
  SubstitutionOptions substitutions;
  bool wait = false;
  bool no_follow = false;
  bool quiet = false;
};

struct ResumeOptions {
  std::string run;
  std::string project;
  std::string catalog;
  std::string from;
  std::string input;
  std::string definition;
  bool quiet = false;
};

struct StopOptions {
  std::string run;
  std::string error = "Stopped";
  std::string cause;
};

// The option is a member of the input, so that runs started otherwise can have it too.
std::string with_if_running(std::string input, const std::string& policy) {
  if (policy.empty()) return input;
  auto value = json::parse(input);
  if (!value.is_object())
    throw Error("ORCH-0001", "--if-running needs an input that is a JSON object",
                "it becomes the member \"if_running\" of the input");
  value.get_object()["if_running"] = policy;
  return json::write(value);
}

int submit(const Context& context, const SubmitOptions& options) {
  const auto definition = find_definition(options.what, Substitutions(options.substitutions));
  require_valid(definition);  // names the file, and makes no store
  engine::Submission submission;
  submission.name = options.name;
  submission.workflow = definition.name;
  submission.definition = definition.text;
  submission.input = with_if_running(input_text(options.input), options.if_running);
  submission.connections = connections_file(context.settings);
  check_before_submit(submission);
  return submit(context, submission, options.no_follow);
}

std::string existing_file(const fs::path& path) {
  const auto file = fs::absolute(path).lexically_normal().string();
  if (!fs::is_regular_file(file))
    throw Error("ORCH-0002", fmt::format("{}: no such file", file), "check the path");
  return file;
}

// Where the databases of a resumed run are now: as it is said here, else as the run was started.
std::string resumed_connections(const Context& context, const ResumeOptions& options,
                                const store::ExecutionRow& row) {
  const auto& before = row.made.connections;
  std::string now;
  if (!options.project.empty())
    now = existing_file(fs::path(options.project) / "connections.json");
  else if (const auto& set = context.settings.value("connections"); !set.empty())
    now = existing_file(set);
  else if (before.empty() || !fs::exists(before))
    now = connections_file(context.settings);
  if (now.empty() && !before.empty() && !fs::exists(before))
    throw Error("ORCH-0302", fmt::format("the run was started with {}, which is gone", before),
                "--project FOLDER or --connections FILE says where it is now");
  if (!now.empty() && !before.empty() && now != before)
    context.say(fmt::format("orch: connections of {} (before: {})", now, before));
  return now;
}

int resume(const Context& context, const ResumeOptions& options) {
  engine::Redrive redrive;
  redrive.from = options.from;
  if (!options.input.empty()) redrive.input = input_text(options.input);
  redrive.request = host::new_request_id();
  if (!options.definition.empty()) {
    const auto definition = find_definition(options.definition);
    require_valid(definition);
    redrive.definition = definition.text;
  }
  // A wrong id must not make this process an owner that runs everything else.
  const auto store = store::open_as_reader(context.settings.value("store"));
  const auto row = store->find(options.run);
  const auto& run = row.made.run_id;
  redrive.connections = resumed_connections(context, options, row);
  if (!options.catalog.empty()) redrive.catalog = existing_file(options.catalog);
  return run_or_delegate(context, host::Resume{run, std::move(redrive)});
}

int stop(const Context& context, const StopOptions& options) {
  const auto store = store::open_as_reader(context.settings.value("store"));
  const auto row = store->find_unchecked(options.run);
  const auto& run = row.made.run_id;
  if (row.status != execution::Status::running)
    throw Error(
        "ORCH-0205",
        fmt::format("run {} is not running: it is {}", run, execution::to_string(row.status)),
        fmt::format("`orch status {}` shows it", run));
  do_or_delegate(
      context,
      [&](store::Store& own) { engine::stop_at_rest(own, run, options.error, options.cause); },
      host::Stop{run, options.error, options.cause});
  context.say(
      fmt::format("orch: run {} is stopped; `orch resume {}` continues it", row.made.name, run));
  if (context.json())
    print_document(context, {{"run", run}, {"name", row.made.name}, {"status", "ABORTED"}});
  return Exit::ok;
}

}  // namespace

int submit(const Context& context, engine::Submission submission, bool no_follow) {
  submission.request = host::new_request_id();
  const host::Submit request{std::move(submission)};
  return no_follow ? delegate(context, request) : run_or_delegate(context, request);
}

std::string connections_file(const Settings& settings) {
  auto file = settings.value("connections");
  if (file.empty() && fs::exists("connections.json")) file = "connections.json";
  return file.empty() ? file : fs::absolute(file).lexically_normal().string();
}

void add_quiet(Arguments& app, bool& quiet) {
  app.add_flag("-q,--quiet", quiet,
               "say nothing unless the run does not succeed; then how it ended, on standard error");
}

void add_run(Arguments& app, std::string& run) {
  app.add_option("run", run, "id, unique beginning or ending of an id, name, or @last")
      ->type_name("RUN")
      ->required();
}

void add_if_running(Arguments& app, std::string& policy) {
  app.add_option(
         "--if-running", policy,
         "when another run replicates the same tables: wait for its end (the default), skip "
         "this run, or fail")
      ->type_name("wait|skip|fail")
      ->one_of({"wait", "skip", "fail"});
}

Action declare_submit(Arguments& app) {
  const auto options = std::make_shared<SubmitOptions>();
  app.add_option("definition", options->what, "file (- for standard input), or shipped workflow")
      ->type_name("FILE|NAME")
      ->required();
  app.add_option("--input", options->input, "input of the run: JSON, or @FILE; default {}")
      ->type_name("JSON|@FILE");
  app.add_option("--name", options->name,
                 "name of the run; the same name with the same input gives the existing run")
      ->type_name("NAME");
  auto wait = app.add_flag("--wait", options->wait, "follow the run until it ends (the default)");
  app.add_flag("--no-follow", options->no_follow,
               "hand the run to the process that owns the store, print its id and return")
      ->excludes(wait);
  add_quiet(app, options->quiet);
  add_if_running(app, options->if_running);
  add_substitutions(app, options->substitutions);
  add_setting(app, "connections");
  add_setting(app, "workers");
  add_setting(app, "bindings");
  add_setting(app, "allow");
  return [options](Context& context) {
    context.quiet = options->quiet;
    return submit(context, *options);
  };
}

Action declare_resume(Arguments& app) {
  const auto options = std::make_shared<ResumeOptions>();
  add_run(app, options->run);
  app.add_option("--from", options->from, "state to start again from; default: what failed")
      ->type_name("STATE");
  app.add_option("--input", options->input, "new input of that state: JSON, or @FILE")
      ->type_name("JSON|@FILE");
  app.add_option("--definition", options->definition,
                 "corrected definition; completed states must not differ")
      ->type_name("FILE");
  auto connections = add_setting(app, "connections");
  app.add_option("--project", options->project,
                 "folder that holds the run's connections.json now, when it was moved")
      ->type_name("FOLDER")
      ->excludes(connections);
  add_quiet(app, options->quiet);
  app.add_option("--catalog", options->catalog, "catalog to read instead of the input's")
      ->type_name("FILE");
  add_setting(app, "workers");
  add_setting(app, "bindings");
  add_setting(app, "allow");
  return [options](Context& context) {
    context.quiet = options->quiet;
    return resume(context, *options);
  };
}

Action declare_stop(Arguments& app) {
  const auto options = std::make_shared<StopOptions>();
  add_run(app, options->run);
  app.add_option("--error", options->error, "error recorded with the end; default Stopped")
      ->type_name("NAME");
  app.add_option("--cause", options->cause, "why, for the history")->type_name("TEXT");
  return [options](Context& context) { return stop(context, *options); };
}

}  // namespace orch::cli
