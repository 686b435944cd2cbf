// replicate: a project made for you, and the shipped workflow run on it.
#include <CLI/CLI.hpp>
#include <filesystem>

#include <fmt/format.h>

#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/project.h"
#include "orchestrator/json/text.h"
#include "orchestrator/status/text.h"
#include "workers/catalog/catalog.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

struct ReplicateOptions {
  std::string from;
  std::string to;
  std::string schema;
  std::string folder = "replication";
  std::string name;
  std::vector<std::string> tables;
  bool no_run = false;
};

void make_catalog(const Context& context, const Project& project, const ReplicateOptions& options) {
  if (fs::exists(project.catalog)) {
    context.say(fmt::format("orch: {} exists and is used as it is", project.catalog.string()));
    return;
  }
  const auto connections = connections::Connections::load(project.connections);
  auto catalog = only_tables(catalog::discover(connections, "source", options.schema, "target"),
                             options.tables);
  write_text(project.catalog, pretty(catalog));
  const auto count = static_cast<std::int64_t>(catalog.at("tables").as_array().size());
  context.say(
      fmt::format("orch: {}: {}", project.catalog.string(), status::plural(count, "table")));
}

int replicate(const Context& context, const ReplicateOptions& options) {
  const auto folder = fs::absolute(options.folder).lexically_normal();
  const auto project = make_project(folder, options.from, options.to);
  context.say(fmt::format("orch: the project is in {}", folder.string()));
  // Makes a target file that is new, and says at once when a server refuses us.
  connections::Connections::load(project.connections).open_target("target");
  make_catalog(context, project, options);
  context.say(
      fmt::format("orch: again, or changed: orch submit replicate --connections {} --input "
                  "'{{\"catalog\":\"catalog.json\"}}'",
                  project.connections.string()));
  if (options.no_run) return Exit::ok;
  const auto definition = find_definition("replicate");
  bj::object input{{"catalog", "catalog.json"}};
  if (!options.tables.empty())
    input["only"] = bj::array(options.tables.begin(), options.tables.end());
  return submit(context,
                {options.name, definition.name, definition.text, json::write(input),
                 project.connections.string()},
                false);
}

}  // namespace

Action declare_replicate(CLI::App& app) {
  const auto options = std::make_shared<ReplicateOptions>();
  app.add_option("--from", options->from, "URL of the source: sqlite:, csv: or postgresql:")
      ->type_name("URL")
      ->required();
  app.add_option("--to", options->to, "URL of the target: sqlite: or postgresql:")
      ->type_name("URL")
      ->required();
  app.add_option("--tables", options->tables, "tables, or patterns with * and ?; default: all")
      ->type_name("NAME,…")
      ->delimiter(',');
  app.add_option("--schema", options->schema, "schema of the source; default: the connection's own")
      ->type_name("NAME");
  app.add_option("--folder", options->folder, "where the project is made; default: replication")
      ->type_name("FOLDER");
  app.add_option("--name", options->name, "name of the run")->type_name("NAME");
  app.add_flag("--no-run", options->no_run, "only make the project");
  add_setting(app, "workers");
  return [options](Context& context) { return replicate(context, *options); };
}

}  // namespace orch::cli
