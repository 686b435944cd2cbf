// pipeline run, pause, resume, backfill.
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/person.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/run_or_delegate.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/host/request.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

bj::object perform(const Context& context, const std::string& operation,
                   const bj::object& parameters) {
  return host::perform(context.settings.value("store"), operation, parameters,
                       context.command_line);
}

void add_when_given(bj::object& parameters, const char* name, const std::string& value) {
  if (!value.empty()) parameters[name] = value;
}

struct RunOptions {
  std::string pipeline;
  std::string input;
  std::string key;
  std::string at;
  std::string by;
  bool follow = false;
};

std::string told(const bj::object& fire) {
  const auto run = json::text_member(fire, "run");
  const auto outcome = json::text_member(fire, "outcome");
  if (!run.empty()) return run;
  return fmt::format("{}: {}", outcome, json::text_member(fire, "reason"));
}

int run_pipeline(const Context& context, const RunOptions& options) {
  bj::object parameters{{"name", options.pipeline}};
  if (!options.input.empty()) parameters["input"] = json::parse(input_text(options.input));
  // Chosen here: should the owner not answer, the same request is made again.
  parameters["key"] = options.key.empty() ? host::new_request_id() : options.key;
  add_when_given(parameters, "at", options.at);
  parameters["by"] = options.by.empty() ? person() : options.by;
  const auto fire = perform(context, "pipelines.run", parameters);
  const auto run = json::text_member(fire, "run");
  const auto outcome = json::text_member(fire, "outcome");
  if (options.follow && !run.empty()) return run_or_delegate(context, host::Follow{run});
  if (context.json())
    print_document(context, fire);
  else
    context.print(told(fire) + '\n');
  return outcome == "started" || outcome == "queued" ? Exit::ok : Exit::failure;
}

struct PauseOptions {
  std::string pipeline;
  std::string note;
  std::string by;
};

int pause_pipeline(const Context& context, const PauseOptions& options) {
  const auto result = perform(context, "pipelines.pause",
                              {{"name", options.pipeline},
                               {"note", options.note},
                               {"by", options.by.empty() ? person() : options.by}});
  if (context.json())
    print_document(context, result);
  else
    context.print(fmt::format("{} is paused\n", options.pipeline));
  return Exit::ok;
}

int resume_pipeline(const Context& context, const std::string& name) {
  const auto result = perform(context, "pipelines.resume", {{"name", name}});
  if (context.json())
    print_document(context, result);
  else
    context.print(fmt::format("{} is active\n", name));
  return Exit::ok;
}

struct BackfillOptions {
  std::string pipeline;
  std::string trigger;
  std::string from;
  std::string to;
  std::string note;
  std::string by;
  int at_once = 1;
  std::int64_t cancel = 0;
  bool newest_first = false;
};

int cancel_backfill(const Context& context, const BackfillOptions& options, const std::string& by) {
  const auto result =
      perform(context, "pipelines.cancel_backfill",
              {{"name", options.pipeline}, {"backfill", options.cancel}, {"by", by}});
  if (context.json())
    print_document(context, result);
  else
    context.print(fmt::format("{} of backfill {} cancelled\n",
                              render::plural(result.at("cancelled").as_int64(), "fire"),
                              options.cancel));
  return Exit::ok;
}

int backfill_pipeline(const Context& context, const BackfillOptions& options) {
  const auto by = options.by.empty() ? person() : options.by;
  if (options.cancel > 0) return cancel_backfill(context, options, by);
  if (options.from.empty())
    throw Error("ORCH-0001", "--from is required", "the first time that is to be made up for");
  bj::object parameters{{"name", options.pipeline},
                        {"from", options.from},
                        {"order", options.newest_first ? "newest" : "oldest"},
                        {"at_once", options.at_once},
                        {"note", options.note},
                        {"by", by}};
  add_when_given(parameters, "trigger", options.trigger);
  add_when_given(parameters, "to", options.to);
  const auto result = perform(context, "pipelines.backfill", parameters);
  if (context.json()) {
    print_document(context, result);
    return Exit::ok;
  }
  context.print(fmt::format("backfill {}: {} queued\n", result.at("backfill").as_int64(),
                            render::plural(result.at("fires").as_int64(), "fire")));
  if (const auto left = result.at("left_alone").as_int64(); left > 0)
    context.say(
        fmt::format("orch: {} had a run already or waited for one; `orch resume` "
                    "continues runs that failed",
                    render::plural(left, "fire time")));
  return Exit::ok;
}

void add_by(Arguments& app, std::string& by) {
  app.add_option("--by", by, "who asks; the default is your name on this machine")
      ->type_name("PERSON");
}

void add_pipeline(Arguments& app, std::string& name) {
  app.add_option("pipeline", name, "name of the pipeline")->type_name("NAME")->required();
}

}  // namespace

Action declare_pipeline_run(Arguments& app) {
  const auto options = std::make_shared<RunOptions>();
  add_pipeline(app, options->pipeline);
  app.add_option("--input", options->input,
                 "input instead of the pipeline's: JSON, or @FILE, @- for standard input")
      ->type_name("JSON");
  app.add_option("--at", options->at,
                 "the time that the run is for, 2027-03-27T06:00:00+01:00; the default is now")
      ->type_name("TIME");
  app.add_option("--key", options->key, "the same key again starts no second run")
      ->type_name("KEY");
  app.add_flag("--follow", options->follow, "stay until the run has ended");
  add_by(app, options->by);
  add_setting(app, "connections");
  add_setting(app, "bindings");
  add_setting(app, "workers");
  return [options](Context& context) { return run_pipeline(context, *options); };
}

Action declare_pipeline_pause(Arguments& app) {
  const auto options = std::make_shared<PauseOptions>();
  add_pipeline(app, options->pipeline);
  app.add_option("--note", options->note, "why")->type_name("TEXT");
  add_by(app, options->by);
  return [options](Context& context) { return pause_pipeline(context, *options); };
}

Action declare_pipeline_resume(Arguments& app) {
  const auto name = std::make_shared<std::string>();
  add_pipeline(app, *name);
  return [name](Context& context) { return resume_pipeline(context, *name); };
}

Action declare_pipeline_backfill(Arguments& app) {
  const auto options = std::make_shared<BackfillOptions>();
  add_pipeline(app, options->pipeline);
  app.add_option("--from", options->from,
                 "fire times from here on: 2027-03-27, \"2027-03-27 06:00\" on the clocks of the "
                 "schedule's zone, or with an offset")
      ->type_name("TIME");
  app.add_option("--to", options->to, "fire times before this one; the default is now")
      ->type_name("TIME");
  app.add_option("--trigger", options->trigger, "which schedule, when there are several")
      ->type_name("NAME");
  app.add_flag("--newest-first", options->newest_first, "begin with the latest fire time");
  app.add_option("--at-once", options->at_once, "so many runs at a time; default 1")
      ->type_name("N")
      ->between(1, 1'000);
  app.add_option("--cancel", options->cancel, "instead: skip what waits of this backfill")
      ->type_name("N")
      ->positive();
  app.add_option("--note", options->note, "why")->type_name("TEXT");
  add_by(app, options->by);
  return [options](Context& context) { return backfill_pipeline(context, *options); };
}

}  // namespace orch::cli
