#include "orchestrator/cli/graphviz.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "workers/library/child_process.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

constexpr std::size_t largest_picture = std::size_t{64} << 20;

library::ProgramEnd run_dot(const std::string& dot, const std::string& format) {
  library::ProgramCall call;
  call.argv = {"dot", "-T" + format};
  call.folder = "/";
  call.input = dot;
  call.max_output_bytes = largest_picture;
  try {
    return library::run_program(call, [] {});
  } catch (const workers::TaskFailed&) {
    throw Error("ORCH-0011", "Graphviz is not installed: there is no program dot",
                "install the package graphviz, or draw with -o dot or -o mermaid, which need none");
  }
}

}  // namespace

std::string to_picture(const std::string& dot, const std::string& format) {
  auto end = run_dot(dot, format);
  if (end.kind == library::ProgramEnd::Kind::exited && end.code == 0) return std::move(end.output);
  throw Error("ORCH-0011", fmt::format("Graphviz refused the graph: {}", end.error_tail),
              "-o dot shows what it was given");
}

}  // namespace orch::cli
