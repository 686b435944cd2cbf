// connection test: whether a source can be read, and what of it would be lost.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/error.h"
#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "workers/connectors/connections.h"
#include "workers/connectors/trial_document.h"
#include "workers/data/plan_json.h"

namespace orch::cli {
namespace {

struct TestOptions {
  std::string name;
  std::int64_t rows = 1'000;
};

void print_page(const Context& context, const connectors::Summary& summary,
                const connectors::Answered& answered, const connectors::SourceTrial& trial) {
  const auto& health = answered.health;
  context.say(fmt::format("orch: {} ({}){}: {}, answered in {} ms", summary.name, summary.display,
                          health.version.empty() ? "" : ", " + health.version,
                          render::plural(trial.tables, "table"), answered.in.count()));
  if (!health.degraded.empty()) context.say("orch: " + health.degraded);
  render::Grid grid({{"TYPE", false, true},
                     {"KIND"},
                     {"COLUMNS", true},
                     {"READ", false, true},
                     {"ROWS", true},
                     {"PROBLEM", false, true}});
  for (const auto& type : trial.types)
    grid.add({type.native,
              std::string(data::kind_name(type.kind)),
              grouped(type.columns),
              type.example,
              grouped(type.rows),
              {type.problem, render::Tone::bad}});
  context.print(grid.text(context.out.look));
  for (const auto& trouble : trial.troubles)
    context.say(fmt::format("orch: {}: {}", trouble.table, trouble.problem));
  for (const auto& grant : trial.grants)
    context.say(fmt::format("orch: a right is missing: {};", grant));
}

int test(const Context& context, const TestOptions& options) {
  const auto connections = load_connections(context);
  catch_interrupts();
  const auto stop = [] { return interrupted(); };
  const auto source = connections.open_source(options.name, stop);
  const auto answered = connectors::timed_ping(connections, options.name, connectors::Role::source);
  const auto trial = connectors::try_source(*source, options.rows, stop);
  const auto all = connections.list();
  const auto summary = *std::ranges::find(all, options.name, &connectors::Summary::name);
  if (context.json())
    print_document(context, connectors::trial_document(summary, answered, trial));
  else
    print_page(context, summary, answered, trial);
  const bool clean = trial.troubles.empty() && std::ranges::all_of(trial.types, &std::string::empty,
                                                                   &connectors::TypeTrial::problem);
  return clean ? Exit::ok : Exit::failure;
}

}  // namespace

Action declare_connection_test(Arguments& app) {
  const auto options = std::make_shared<TestOptions>();
  app.add_option("connection", options->name, "a connection of the connections file")
      ->type_name("NAME")
      ->required();
  app.add_option("--rows", options->rows, "rows read of each type; the default is 1000")
      ->type_name("N")
      ->positive();
  add_setting(app, "connections");
  return [options](Context& context) { return test(context, *options); };
}

}  // namespace orch::cli
