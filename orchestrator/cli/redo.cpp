// redo: one table of a run, again.
#include "orchestrator/host/redo.h"

#include <memory>

#include "orchestrator/cli/options.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

struct RedoOptions {
  std::string run;
  std::string table;
  bool no_follow = false;
  bool quiet = false;
};

int redo(const Context& context, const RedoOptions& options) {
  auto store = store::open_as_reader(context.settings.value("store"));
  auto submission = host::redo_of_table(*store, store->find(options.run), options.table);
  store.reset();
  return submit(context, std::move(submission), options.no_follow);
}

}  // namespace

Action declare_redo(Arguments& app) {
  const auto options = std::make_shared<RedoOptions>();
  add_run(app, options->run);
  app.add_option("table", options->table, "metadata key of one of its tables")
      ->type_name("KEY")
      ->required();
  app.add_flag("--no-follow", options->no_follow,
               "hand the run to the process that owns the store, print its id and return");
  add_quiet(app, options->quiet);
  add_setting(app, "workers");
  add_setting(app, "bindings");
  add_setting(app, "allow");
  return [options](Context& context) {
    context.quiet = options->quiet;
    return redo(context, *options);
  };
}

}  // namespace orch::cli
