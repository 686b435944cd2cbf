// doctor: is all well?
#include "orchestrator/host/doctor.h"

#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/host/target_doctor.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

render::Tone tone_of(host::Severity severity) {
  switch (severity) {
    case host::Severity::well:
      return render::Tone::good;
    case host::Severity::warning:
      return render::Tone::busy;
    case host::Severity::error:
      return render::Tone::bad;
  }
  return render::Tone::plain;
}

struct DoctorOptions {
  host::TargetExamination targets;
  bool all_tables = false;
  bool no_targets = false;
};

std::vector<host::Finding> findings_of(const Context& context, const DoctorOptions& options) {
  const auto store = context.settings.value("store");
  auto findings = host::examine(store, wall_now());
  findings.insert(findings.begin(),
                  {"orch", host::Severity::well, fmt::format("version {}", version())});
  if (options.no_targets) return findings;
  auto targets = options.targets;
  if (options.all_tables) targets.tables = 0;
  targets.stop = interrupted;
  catch_interrupts();
  for (auto& finding : host::examine_targets(store, targets))
    findings.push_back(std::move(finding));
  return findings;
}

int doctor(const Context& context, const DoctorOptions& options) {
  std::vector<host::Finding> findings;
  try {
    findings = findings_of(context, options);
  } catch (const workers::Cancelled&) {
    context.say("orch: interrupted before all was looked at");
    return Exit::interrupted;
  }
  bool well = true;
  bj::array documents;
  render::Grid grid({{"OF"}, {"STATE"}, {"FOUND", false, true}, {"WHAT TO DO", false, true}});
  for (const auto& finding : findings) {
    const std::string state(host::to_string(finding.severity));
    well = well && finding.severity != host::Severity::error;
    grid.add({finding.subject, {state, tone_of(finding.severity)}, finding.what, finding.hint});
    bj::object document{{"subject", finding.subject}, {"state", state}, {"found", finding.what}};
    if (!finding.hint.empty()) document["hint"] = finding.hint;
    documents.push_back(std::move(document));
  }
  if (context.json())
    print_documents(context, documents);
  else
    context.print(grid.text(context.out.look));
  return well ? Exit::ok : Exit::run_failed;
}

}  // namespace

Action declare_doctor(Arguments& app) {
  const auto options = std::make_shared<DoctorOptions>();
  auto none =
      app.add_flag("--no-targets", options->no_targets, "look at the store and its machine only");
  app.add_option("--tables", options->targets.tables,
                 "compare so many tables of each target, those published last; default 50")
      ->type_name("N")
      ->positive()
      ->excludes(none);
  app.add_flag("--all-tables", options->all_tables, "compare all tables of each target")
      ->excludes(none);
  app.add_flag("--digest", options->targets.digests,
               "read the rows of tables that were replaced, and compare their digests too")
      ->excludes(none);
  app.add_flag("--clean", options->targets.clean,
               "remove staged loads and staging tables of targets that no run needs")
      ->excludes(none);
  app.add_option("-n,--limit", options->targets.runs,
                 "look at the targets of so many runs, the latest; default 50")
      ->type_name("N")
      ->positive()
      ->excludes(none);
  return [options](Context& context) { return doctor(context, *options); };
}

}  // namespace orch::cli
