// history: every event of a run, or those of a table or a state.

#include <fmt/format.h>

#include "orchestrator/cli/audit.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/page.h"
#include "orchestrator/stepfunctions/service_history.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/view/event_filter.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct HistoryOptions {
  std::string run;
  view::EventChoice choice;
  bool full = false;
  bool reveal = false;
};

using Take = std::function<void(const execution::Event&)>;

void each_chosen(store::Store& store, const store::ExecutionRow& row,
                 const view::EventChoice& choice, const Take& take) {
  view::EventFilter filter(choice);
  if (filter.must_learn())
    store.history(row.id, 0, [&](const execution::Event& event) { filter.learn(event); });
  store.history(row.id, 0, [&](const execution::Event& event) {
    if (filter.takes(event)) take(event);
  });
}

void print_table(const Context& context, store::Store& store, const store::ExecutionRow& row,
                 const HistoryOptions& options) {
  auto look = context.out.look;
  if (options.full) look.width = 0;
  render::Grid grid(render::history_columns());
  each_chosen(store, row, options.choice, [&](const execution::Event& event) {
    grid.add(render::history_cells(event, row.made.started_at, look));
  });
  context.print(grid.text(look));
  if (grid.empty()) context.say("orch: no such event");
}

void print_json(const Context& context, store::Store& store, const store::ExecutionRow& row,
                const HistoryOptions& options) {
  stepfunctions::ServiceHistory service;
  bj::array events;
  each_chosen(store, row, options.choice, [&](const execution::Event& event) {
    auto converted = service.convert(event);
    if (!converted) return;
    // A long history goes out as it is read.
    if (context.lines()) return print_document(context, std::move(*converted));
    events.push_back(std::move(*converted));
  });
  if (!context.lines()) print_document(context, events);
}

/// Opened for people, or with all values, which is a line of the audit log before they are shown.
std::unique_ptr<store::Store> open_store(const Context& context, const HistoryOptions& options) {
  const auto& url = context.settings.value("store");
  if (!options.reveal) return store::open_for_people(url);
  auto store = store::open_as_reader(url);
  record(context, "runs.reveal", store->find(options.run).made.run_id);
  return store;
}

int show_history(const Context& context, const HistoryOptions& options) {
  const auto store = open_store(context, options);
  const auto row = store->find(options.run);
  if (context.json())
    print_json(context, *store, row, options);
  else
    print_table(context, *store, row, options);
  return Exit::ok;
}

}  // namespace

Action declare_history(Arguments& app) {
  const auto options = std::make_shared<HistoryOptions>();
  add_run(app, options->run);
  app.add_option("--table", options->choice.table,
                 "only events of the work on the table with this key")
      ->type_name("KEY");
  app.add_option("--state", options->choice.state, "only events of this state")->type_name("NAME");
  app.add_flag("--failures", options->choice.failures,
               "only what failed, timed out or was stopped");
  app.add_flag("--full", options->full, "do not cut lines to the width of the terminal");
  app.add_flag("--reveal", options->reveal,
               "show values that the pipeline marks with \"redact\" as well; the audit log has it");
  return [options](Context& context) { return show_history(context, *options); };
}

}  // namespace orch::cli
