// bundle: a run for those who are to help.
#include "orchestrator/store/bundle.h"

#include <memory>

#include <fmt/format.h>

#include "orchestrator/cli/audit.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/host/disguise.h"

namespace orch::cli {
namespace {

struct BundleOptions {
  std::string run;
  std::string file;
  bool values = false;
};

int bundle(const Context& context, const BundleOptions& options) {
  const auto file = options.file.empty() ? "bundle-" + options.run + ".db" : options.file;
  const auto runs =
      store::bundle_run(context.settings.value("store"), options.run, file,
                        options.values ? store::Disguise() : store::Disguise(host::disguised));
  if (options.values) record(context, "runs.reveal", options.run);
  if (context.json())
    print_document(context, boost::json::object{{"file", file}, {"runs", runs}});
  else
    context.say(fmt::format("orch: {} has {} runs; ORCH_STORE={} orch status", file, runs, file));
  return Exit::ok;
}

}  // namespace

Action declare_bundle(Arguments& app) {
  const auto options = std::make_shared<BundleOptions>();
  add_run(app, options->run);
  app.add_option("--to", options->file, "the file; default bundle-RUN.db in the present folder")
      ->type_name("FILE");
  app.add_flag("--values", options->values,
               "with inputs, outputs and payloads as they are; else their texts and numbers are "
               "left out");
  return [options](Context& context) { return bundle(context, *options); };
}

}  // namespace orch::cli
