// doctor: is all well?
#include "orchestrator/host/doctor.h"

#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/version.h"

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

int doctor(const Context& context) {
  auto findings = host::examine(context.settings.value("store"), wall_now());
  findings.insert(findings.begin(),
                  {"orch", host::Severity::well, fmt::format("version {}", version())});
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

Action declare_doctor(Arguments&) {
  return [](Context& context) { return doctor(context); };
}

}  // namespace orch::cli
