// retention: what is kept no longer.
#include <memory>

#include <fmt/format.h>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/retention_words.h"
#include "orchestrator/host/operations.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct RetentionOptions {
  bool plan = false;
};

bj::object parameters_of(const host::RetentionDefaults& retention) {
  bj::object parameters;
  if (retention.keep.days) parameters["days"] = *retention.keep.days;
  if (retention.keep.runs) parameters["runs"] = *retention.keep.runs;
  if (retention.keep.failure_days) parameters["failure_days"] = *retention.keep.failure_days;
  return parameters;
}

void show_plan(const Context& context, const bj::object& plan) {
  if (context.json()) return print_document(context, plan);
  render::Grid grid({{"OF"}, {"KEPT", true}, {"TO GO", true}, {"OLDEST"}, {"WHY", false, true}});
  for (const auto& each : plan.at("of").as_array()) {
    const auto& of = each.as_object();
    const auto number = [&](const char* member) {
      return fmt::format("{}", of.at(member).to_number<std::int64_t>());
    };
    grid.add({std::string(of.at("name").as_string()), number("kept"), number("expired"),
              std::string(of.at("oldest").as_string()).substr(0, 10),
              std::string(of.at("why").as_string())});
  }
  if (grid.empty()) return context.say("orch: all runs are kept");
  context.print(grid.text(context.out.look));
  context.say(fmt::format("orch: {} runs would go, {} bytes with all that belongs to them",
                          plan.at("expired").to_number<std::int64_t>(),
                          plan.at("bytes").to_number<std::int64_t>()));
}

int retention(const Context& context, const RetentionOptions& options) {
  const auto defaults = retention_of(context.settings);
  const auto store = context.settings.value("store");
  auto parameters = parameters_of(defaults);
  if (options.plan) {
    show_plan(context, host::perform(store, "retention.plan", parameters, context.command_line));
    return Exit::ok;
  }
  if (!defaults.export_folder.empty()) parameters["export"] = defaults.export_folder.string();
  std::int64_t removed = 0;
  bj::object result;
  do {
    result = host::perform(store, "retention.run", parameters, context.command_line);
    removed += result.at("removed").to_number<std::int64_t>();
  } while (result.at("more").as_bool());
  if (context.json())
    print_document(context, bj::object{{"removed", removed}, {"needed", result.at("needed")}});
  else
    context.say(fmt::format("orch: {} runs are removed", removed));
  return Exit::ok;
}

}  // namespace

Action declare_retention(Arguments& app) {
  const auto options = std::make_shared<RetentionOptions>();
  app.add_flag("--plan", options->plan, "show what would go, and change nothing");
  add_setting(app, "retention");
  return [options](Context& context) { return retention(context, *options); };
}

}  // namespace orch::cli
