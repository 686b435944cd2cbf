// status and history: what the store knows, beside its owner.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/stepfunctions/service_history.h"
#include "orchestrator/store/owner_lock.h"
#include "orchestrator/store/sqlite_store.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/text.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct StatusName {
  std::string_view name;
  execution::Status status;
};
constexpr std::array status_names = {
    StatusName{"running", execution::Status::running},
    StatusName{"paused", execution::Status::running},
    StatusName{"succeeded", execution::Status::succeeded},
    StatusName{"failed", execution::Status::failed},
    StatusName{"timed_out", execution::Status::timed_out},
    StatusName{"stopped", execution::Status::aborted},
    StatusName{"aborted", execution::Status::aborted},  // as JSON has it
};

struct StatusOptions {
  std::string run;
  std::string only;
  std::int64_t limit = 20;
};

struct HistoryOptions {
  std::string run;
};

store::ListFilter filter_of(const StatusOptions& options) {
  store::ListFilter filter;
  filter.limit = options.limit;
  if (options.only.empty()) return filter;
  std::vector<std::string> names;
  for (const auto& [name, status] : status_names) {
    if (name == options.only) filter.status = status;
    names.emplace_back(name);
  }
  filter.paused = options.only == "paused";
  filter.children = filter.paused;  // only those that were set aside by themselves are marked
  if (filter.status) return filter;
  throw Error("ORCH-0001",
              fmt::format("--only is \"{}\"{}", options.only, did_you_mean(options.only, names)),
              fmt::format("one of: {}", fmt::join(names, ", ")));
}

int list_runs(const Context& context, store::Store& store, const StatusOptions& options) {
  const auto rows = store.list(filter_of(options));
  const bool owned = store::OwnerLock::owner(context.settings.value("store")).has_value();
  if (context.json()) {
    bj::array documents;
    for (const auto& row : rows) {
      auto document = view::run_document(row, clock_now(), false);
      if (view::interrupted(row, owned)) document["interrupted"] = true;
      documents.push_back(std::move(document));
    }
    print_documents(context, documents);
    return Exit::ok;
  }
  context.print(view::runs_page(rows, clock_now(), owned, context.out.look));
  if (rows.empty()) context.say("orch: no runs");
  if (static_cast<std::int64_t>(rows.size()) == options.limit)
    context.say(
        fmt::format("orch: the latest {}; --limit shows more", view::plural(options.limit, "run")));
  return Exit::ok;
}

/// Iterations of the run, and runs that its tasks wait for, that were set aside: at most ten.
std::vector<store::ExecutionRow> parts_aside(store::Store& store, const store::ExecutionRow& run) {
  constexpr std::size_t most = 10;
  store::ListFilter filter;
  filter.status = execution::Status::running;
  filter.paused = filter.children = true;
  filter.limit = -1;
  auto rows = store.list(filter);
  std::erase_if(rows, [&](const store::ExecutionRow& row) {
    return !row.set_aside || engine::elder_of(row) != run.id;
  });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

int show_status(const Context& context, const StatusOptions& options) {
  const auto& path = context.settings.value("store");
  const auto store = store::open_as_reader(path);
  if (options.run.empty()) return list_runs(context, *store, options);
  RunReader run(*store, options.run);
  auto view = run.view(store::OwnerLock::owner(path).value_or(""));
  if (run.row().status == execution::Status::running)
    view.parts_aside = parts_aside(*store, run.row());
  if (context.json()) {
    print_document(context, view::run_document(view));
  } else {
    context.print(view::run_page(view, context.out.look));
  }
  return Exit::ok;
}

int show_history(const Context& context, const HistoryOptions& options) {
  const auto store = store::open_as_reader(context.settings.value("store"));
  const auto row = store->find(options.run);
  if (!context.json()) {
    view::Grid grid(view::history_columns());
    store->history(row.id, 0, [&](const execution::Event& event) {
      grid.add(view::history_cells(event, row.made.started_at));
    });
    context.print(grid.text(context.out.look));
    return Exit::ok;
  }
  stepfunctions::ServiceHistory service;
  bj::array events;
  store->history(row.id, 0, [&](const execution::Event& event) {
    auto converted = service.convert(event);
    if (!converted) return;
    // A long history goes out as it is read.
    if (context.lines()) return print_document(context, std::move(*converted));
    events.push_back(std::move(*converted));
  });
  if (!context.lines()) print_document(context, events);
  return Exit::ok;
}

}  // namespace

Action declare_status(CLI::App& app) {
  const auto options = std::make_shared<StatusOptions>();
  app.add_option("run", options->run, "id, unique beginning of an id, or name; none: list the runs")
      ->type_name("RUN");
  app.add_option("--only", options->only,
                 "list only runs that are running, paused, succeeded, failed, timed_out or stopped")
      ->type_name("STATUS");
  app.add_option("--limit", options->limit, "list at most so many runs; default 20")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  return [options](Context& context) { return show_status(context, *options); };
}

Action declare_history(CLI::App& app) {
  const auto options = std::make_shared<HistoryOptions>();
  app.add_option("run", options->run, "id, unique beginning of an id, or name")
      ->type_name("RUN")
      ->required();
  return [options](Context& context) { return show_history(context, *options); };
}

}  // namespace orch::cli
