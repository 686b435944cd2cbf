// pipelines, pipeline show, pipeline fires: what is deployed, when it runs, and what became of each
// fire.
#include "orchestrator/view/pipelines.h"

#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/when.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using render::Tone;

std::unique_ptr<store::Store> reader(const Context& context) {
  return store::open_as_reader(context.settings.value("store"));
}

Tone tone_of(std::string_view word) {
  if (word == "started" || word == "SUCCEEDED" || word == "active") return Tone::good;
  if (word == "refused" || word == "missed" || word == "FAILED" || word == "TIMED_OUT" ||
      word == "broken")
    return Tone::bad;
  return word == "queued" || word == "RUNNING" ? Tone::busy : Tone::plain;
}

render::Cell word_cell(const std::string& word) { return {word, tone_of(word)}; }

std::string state_of(const bj::object& pipeline) {
  const auto state = json::text_member(pipeline, "state");
  const auto* paused = pipeline.if_contains("paused");
  const auto by = paused ? json::text_member(*paused, "by") : std::string();
  return by.empty() ? state : fmt::format("{} by {}", state, by);
}

int list_pipelines(const Context& context) {
  const auto store = reader(context);
  const auto documents = view::pipeline_documents(*store, wall_now());
  if (context.json()) {
    print_documents(context, documents);
    return Exit::ok;
  }
  render::Grid grid({{"PIPELINE"},
                     {"STATE", false, true},
                     {"RUNNING", true},
                     {"QUEUED", true},
                     {"LAST RUN"},
                     {"FOR"},
                     {"NEXT FIRE"},
                     {"TRIGGER", false, true}});
  for (const auto& value : documents) {
    const auto& pipeline = value.get_object();
    const auto* last = pipeline.if_contains("last_run");
    const auto* next = pipeline.if_contains("next_fire");
    const auto count = [&](const char* member) {
      const auto number = pipeline.at(member).to_number<std::int64_t>();
      return number == 0 ? std::string() : std::to_string(number);
    };
    grid.add({json::text_member(pipeline, "name"),
              {state_of(pipeline), tone_of(json::text_member(pipeline, "state"))},
              count("running"),
              count("queued"),
              last ? word_cell(json::text_member(*last, "status")) : render::Cell(),
              last ? json::text_member(*last, "fire_time") : "",
              next ? json::text_member(*next, "fire_time") : "",
              next ? json::text_member(*next, "trigger") : ""});
  }
  context.print(grid.text(context.out.look));
  if (grid.empty()) context.say("orch: no pipelines; `orch deploy` makes them");
  return Exit::ok;
}

void print_triggers(const Context& context, const bj::array& triggers) {
  for (const auto& trigger : triggers) {
    context.print(fmt::format("\nTrigger {}: {} {}{}\n", json::text_member(trigger, "name"),
                              json::text_member(trigger, "kind"),
                              json::text_member(trigger, "schedule"),
                              json::text_member(trigger, "zone").empty()
                                  ? ""
                                  : " (" + json::text_member(trigger, "zone") + ")"));
    const auto* next = trigger.get_object().if_contains("next");
    if (!next) continue;
    for (const auto& each : next->as_array())
      context.print(fmt::format("  {}\n", json::text_member(each, "fire_time")));
  }
}

void print_backfills(const Context& context, const bj::array& backfills) {
  render::Grid grid({{"BACKFILL", true},
                     {"TRIGGER", false, true},
                     {"FROM"},
                     {"TO"},
                     {"ORDER"},
                     {"AT ONCE", true},
                     {"QUEUED", true},
                     {"STARTED", true},
                     {"OTHER", true},
                     {"BY"},
                     {"NOTE", false, true}});
  for (const auto& each : backfills) {
    const auto number = [&](const char* member) {
      return std::to_string(each.at(member).to_number<std::int64_t>());
    };
    const auto text = [&](const char* member) { return json::text_member(each, member); };
    grid.add({number("backfill"), text("trigger"), text("from"), text("to"), text("order"),
              number("at_once"), number("queued"), number("started"), number("other"), text("by"),
              text("note")});
  }
  if (!grid.empty()) context.print('\n' + grid.text(context.out.look));
}

int show_pipeline(const Context& context, const std::string& name) {
  const auto store = reader(context);
  const auto row = host::required_pipeline(*store, name);
  const auto document = view::pipeline_document(*store, row, wall_now());
  if (context.json()) {
    print_document(context, document);
    return Exit::ok;
  }
  const auto text = [&](const char* member) { return json::text_member(document, member); };
  const auto line = [&](std::string_view words) { context.print(one_line(words) + '\n'); };
  line(fmt::format("{} ({}), revision {}, workflow {}", name, state_of(document),
                   row.revision.number, text("workflow")));
  if (!text("description").empty()) line(text("description"));
  if (const auto* paused = document.if_contains("paused"))
    line(fmt::format("Paused since {}: {}", json::text_member(*paused, "since"),
                     json::text_member(*paused, "note")));
  if (!text("problem").empty()) line(text("problem"));
  if (!text("overlap").empty()) line("Overlap: " + text("overlap"));
  if (const auto* triggers = document.if_contains("triggers"))
    print_triggers(context, triggers->as_array());
  print_backfills(context, document.at("backfills").as_array());
  return Exit::ok;
}

struct FiresOptions {
  std::string pipeline;
  std::string trigger;
  std::string outcome;
  std::string since;
  std::string until;
  std::int64_t limit = 20;
};

store::FireFilter filter_of(const FiresOptions& options, bool utc) {
  store::FireFilter filter{.pipeline = options.pipeline};
  filter.limit = options.limit;
  const auto now = wall_now();
  if (!options.trigger.empty()) filter.trigger = options.trigger;
  if (!options.outcome.empty()) filter.outcome = store::fire_outcome_from(options.outcome);
  if (!options.since.empty()) filter.not_before = parse_when("--since", options.since, now, utc);
  if (!options.until.empty()) filter.before = parse_when("--until", options.until, now, utc);
  return filter;
}

int list_fires(const Context& context, const FiresOptions& options) {
  const auto store = reader(context);
  const auto fires = store->pipelines().fires(filter_of(options, context.out.look.utc));
  // Those of a pipeline that was removed stay.
  if (fires.empty()) host::required_pipeline(*store, options.pipeline);
  if (context.json()) {
    bj::array documents;
    for (const auto& fire : fires) documents.push_back(view::fire_document(fire));
    print_documents(context, documents);
    return Exit::ok;
  }
  render::Grid grid({{"FIRE TIME"}, {"TRIGGER"}, {"OUTCOME"}, {"RUN"}, {"REASON", false, true}});
  for (const auto& fire : fires) {
    const auto document = view::fire_document(fire);
    grid.add({json::text_member(document, "fire_time"), fire.trigger,
              word_cell(json::text_member(document, "outcome")), fire.run_id, fire.reason});
  }
  context.print(grid.text(context.out.look));
  if (fires.empty()) context.say("orch: no fires");
  if (static_cast<std::int64_t>(fires.size()) == options.limit)
    context.say(
        fmt::format("orch: the latest {}; -n shows more", render::plural(options.limit, "fire")));
  return Exit::ok;
}

}  // namespace

Action declare_pipelines(Arguments& /*app*/) {
  return [](Context& context) { return list_pipelines(context); };
}

Action declare_pipeline_show(Arguments& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("pipeline", *name, "name of the pipeline")->type_name("NAME")->required();
  return [name](Context& context) { return show_pipeline(context, *name); };
}

Action declare_pipeline_fires(Arguments& app) {
  const auto options = std::make_shared<FiresOptions>();
  app.add_option("pipeline", options->pipeline, "name of the pipeline")
      ->type_name("NAME")
      ->required();
  app.add_option("--trigger", options->trigger, "list only fires of this trigger")
      ->type_name("NAME");
  app.add_option("--outcome", options->outcome,
                 "list only fires that were started, queued, skipped, missed or refused")
      ->type_name("OUTCOME")
      ->one_of({"started", "queued", "skipped", "missed", "refused"});
  app.add_option("--since", options->since, "list only fires for this time or later")
      ->type_name("TIME");
  app.add_option("--until", options->until, "list only fires for times before")->type_name("TIME");
  app.add_option("-n,--limit", options->limit, "list at most so many; default 20")
      ->type_name("N")
      ->positive();
  return [options](Context& context) { return list_fires(context, *options); };
}

}  // namespace orch::cli
