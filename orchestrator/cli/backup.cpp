// backup, restore.
#include "orchestrator/host/backup.h"

#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

constexpr int most_kept = 10'000;

struct BackupOptions {
  std::string place;
  int keep = 0;
  bool replace = false;
};

// In this process, whoever owns the store: to read it delays no run, and to write elsewhere are the
// rights of the caller.
int backup(const Context& context, const BackupOptions& options) {
  const auto made =
      host::back_up(context.settings.value("store"), options.place, options.keep, wall_now());
  if (context.json())
    print_document(context,
                   bj::object{{"place", made.place}, {"bytes", made.bytes}, {"runs", made.runs}});
  else
    context.say(fmt::format("orch: {} ({} runs, {} bytes), read back and compared", made.place,
                            made.runs, made.bytes));
  return Exit::ok;
}

int restore(const Context& context, const BackupOptions& options) {
  const auto store = context.settings.value("store");
  const auto runs =
      host::restore(options.place, store, options.replace, wall_now(), context.command_line);
  if (context.json())
    print_document(context, bj::object{{"store", store}, {"runs", runs}});
  else
    context.say(fmt::format("orch: {} has the {} runs of {}", store, runs, options.place));
  return Exit::ok;
}

}  // namespace

Action declare_backup(Arguments& app) {
  const auto options = std::make_shared<BackupOptions>();
  app.add_option("to", options->place,
                 "a file; a folder, with / at its end, for a file named after the time; or "
                 "s3://BUCKET/KEY, likewise")
      ->type_name("PLACE")
      ->required();
  app.add_option("--keep", options->keep, "leave the latest N in that folder; default all")
      ->type_name("N")
      ->between(1, most_kept);
  return [options](Context& context) { return backup(context, *options); };
}

Action declare_restore(Arguments& app) {
  const auto options = std::make_shared<BackupOptions>();
  app.add_option("from", options->place, "a file, or s3://BUCKET/KEY")
      ->type_name("PLACE")
      ->required();
  app.add_flag("--replace", options->replace,
               "where there is a store: keep it beside the restored one, as "
               "STORE.replaced-TIME");
  return [options](Context& context) { return restore(context, *options); };
}

}  // namespace orch::cli
