// replicate: a project made for you, and the shipped workflow run on it.
#include <filesystem>

#include <fmt/format.h>

#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/discover_options.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/preflight.h"
#include "orchestrator/cli/refresh.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/replication_folder.h"
#include "orchestrator/json/text.h"
#include "workers/catalog/catalog.h"
#include "workers/catalog/discover.h"
#include "workers/connectors/registry.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

struct ReplicateOptions {
  std::string from;
  std::string to;
  catalog::DiscoverOptions discover{"source", "target", {}, {}, {}};
  std::string folder = "replication";
  std::string name;
  std::string if_running;
  bool no_run = false;
  bool takeover = false;
};

/// Makes a target file that is new, and says at once when a server refuses us.
void try_target(const ReplicationFolder& project) {
  connectors::Connections::load(project.connections).open_target("target");
}

void make_catalog(const Context& context, const ReplicationFolder& project,
                  const catalog::DiscoverOptions& options) {
  const auto found = catalog::discover(connectors::Connections::load(project.connections), options);
  say_left_out(context, found);
  try_target(project);
  write_text(project.catalog, render::pretty(found.catalog));
  const auto count = static_cast<std::int64_t>(found.catalog.at("tables").as_array().size());
  context.say(
      fmt::format("orch: {}: {}", project.catalog.string(), render::plural(count, "table")));
}

/// The keys of an existing catalog that --schema and --tables mean; empty: all.
std::vector<std::string> chosen_keys(const Context& context, const ReplicationFolder& project,
                                     const catalog::DiscoverOptions& options) {
  context.say(fmt::format("orch: {} exists and is used as it is", project.catalog.string()));
  if (options.schemas.empty() && options.tables.empty()) return {};
  return catalog::keys_of(catalog::load_catalog(project.catalog), options);
}

int replicate(const Context& context, const ReplicateOptions& options) {
  const auto folder = fs::absolute(options.folder).lexically_normal();
  const auto project = make_replication_folder(folder, options.from, options.to);
  context.say(fmt::format("orch: the project is in {}", folder.string()));
  bj::object input{{"catalog", "catalog.json"}};
  if (fs::exists(project.catalog)) {
    try_target(project);
    say_changes(context, project.catalog, connectors::Connections::load(project.connections));
    const auto keys = chosen_keys(context, project, options.discover);
    if (!keys.empty()) input["only"] = bj::array(keys.begin(), keys.end());
  } else {
    make_catalog(context, project, options.discover);
  }
  if (options.discover.allow_empty) input["allow_empty"] = true;
  if (options.takeover) input["takeover"] = true;
  if (!options.if_running.empty()) input["if_running"] = options.if_running;
  context.say(
      fmt::format("orch: again, or changed: orch submit replicate --connections {} --input "
                  "'{{\"catalog\":\"catalog.json\"}}'",
                  shell_word(project.connections.string())));
  if (options.no_run) return Exit::ok;
  const auto definition = find_definition("replicate");
  engine::Submission submission{options.name, definition.name, definition.text, json::write(input),
                                project.connections.string()};
  check_before_submit(submission);
  return submit(context, submission, false);
}

}  // namespace

Action declare_replicate(Arguments& app) {
  const auto options = std::make_shared<ReplicateOptions>();
  app.add_option("--from", options->from,
                 "URL of the source: " + connectors::schemes_that(&data::Abilities::source))
      ->type_name("URL")
      ->required();
  app.add_option("--to", options->to,
                 "URL of the target: " + connectors::schemes_that(&data::Abilities::target))
      ->type_name("URL")
      ->required();
  add_discover_options(app, options->discover);
  app.add_option("--folder", options->folder, "where the project is made; default: replication")
      ->type_name("FOLDER");
  app.add_option("--name", options->name, "name of the run")->type_name("NAME");
  app.add_flag("--takeover", options->takeover,
               "replace the rows of target tables that another catalog publishes");
  app.add_flag("--no-run", options->no_run, "only make the project");
  add_if_running(app, options->if_running);
  add_setting(app, "workers");
  return [options](Context& context) { return replicate(context, *options); };
}

}  // namespace orch::cli
