// graph: a definition, or a run of one, as a picture.
#include "orchestrator/asl/graph.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/graphviz.h"
#include "orchestrator/cli/substitutions.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/view/table_runs.h"

namespace orch::cli {
namespace {

struct GraphOptions {
  std::string what;
  std::string format;  ///< empty: by the ending of `file`
  std::string file;
  SubstitutionOptions substitutions;
};

using Status = asl::StateMark::Status;

Status mark_of(view::Outcome outcome) {
  switch (outcome) {
    case view::Outcome::waiting:
    case view::Outcome::running:
    case view::Outcome::retrying:
      return Status::running;
    case view::Outcome::succeeded:
      return Status::succeeded;
    case view::Outcome::caught:
      return Status::caught;
    case view::Outcome::failed:
      return Status::failed;
    case view::Outcome::aborted:
      return Status::aborted;
  }
  return Status::not_run;
}

std::string note_of(const view::StateLine& line) {
  if (line.entered < 2) return "";
  return line.succeeded == line.entered ? fmt::format("{} times", line.entered)
                                        : fmt::format("{} of {}", line.succeeded, line.entered);
}

/// What is drawn: a definition, with a run's marks if it is one of a run.
struct Picture {
  Definition definition;
  asl::StateMarks marks;
};

Picture picture_of_run(store::Store& store, const std::string& run) {
  const auto row = store.find(run);
  const auto& name = row.made.workflow;
  Picture picture{{name, name, store.definition(row.made.definition_hash), {}}, {}};
  for (const auto& line : view::overview_of(store, row.id).states)
    picture.marks[line.name] = {mark_of(line.outcome()), note_of(line)};
  return picture;
}

// A file or shipped workflow wins over a run of the same name.
Picture find_picture(const Context& context, const GraphOptions& options) {
  const auto& what = options.what;
  try {
    return {find_definition(what, Substitutions(options.substitutions)), {}};
  } catch (const Error& no_definition) {
    if (no_definition.code() != "ORCH-0006") throw;
    try {
      return picture_of_run(*store::open_for_people(context.settings.value("store")), what);
    } catch (const Error&) {
      throw Error(no_definition.code(),
                  fmt::format("no definition, shipped workflow or run \"{}\"", what),
                  "`orch status` lists the runs");
    }
  }
}

std::string drawn(const Picture& picture, const std::string& format) {
  const auto workflow = require_valid(picture.definition);
  if (format == "mermaid") return asl::to_mermaid(*workflow, picture.marks);
  const auto dot = asl::to_dot(*workflow, picture.marks);
  return format == "dot" ? dot : to_picture(dot, format);
}

std::string format_of(const GraphOptions& options) {
  constexpr std::array<std::pair<std::string_view, const char*>, 6> endings{{{"", "svg"},
                                                                             {".svg", "svg"},
                                                                             {".png", "png"},
                                                                             {".dot", "dot"},
                                                                             {".gv", "dot"},
                                                                             {".mmd", "mermaid"}}};
  if (!options.format.empty()) return options.format;
  const auto ending = std::filesystem::path(options.file).extension().string();
  for (const auto& [known, format] : endings)
    if (ending == known) return format;
  throw Error("ORCH-0001", fmt::format("{}: no format has the ending {}", options.file, ending),
              "name it .svg, .png, .dot, .gv or .mmd, or say the format with -o");
}

int graph(const Context& context, const GraphOptions& options) {
  const auto format = format_of(options);
  if (format == "png" && options.file.empty() && context.out.terminal)
    throw Error("ORCH-0001", "a PNG is no text for a terminal", "add -O FILE.png");
  const auto text = drawn(find_picture(context, options), format);
  if (!options.file.empty())
    write_text(options.file, text);
  else if (format == "png")
    write_all(context.out.file, text);
  else
    context.print(text);
  return Exit::ok;
}

}  // namespace

Action declare_graph(Arguments& app) {
  const auto options = std::make_shared<GraphOptions>();
  app.add_option("what", options->what, "definition, shipped workflow, or run")
      ->type_name("FILE|NAME|RUN")
      ->required();
  app.add_option("-o,--output,--format", options->format,
                 "svg or png, by Graphviz; dot or mermaid, as text; default: by the ending of -O, "
                 "else svg")
      ->type_name("FORMAT")
      ->one_of({"svg", "png", "dot", "mermaid"});
  app.add_option("-O,--file", options->file, "write there instead of standard output")
      ->type_name("FILE");
  add_substitutions(app, options->substitutions);
  return [options](Context& context) { return graph(context, *options); };
}

}  // namespace orch::cli
