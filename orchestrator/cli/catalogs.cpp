// catalog discover, validate, show.
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/discover_options.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "workers/catalog/catalog.h"
#include "workers/replication/catalog_check.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

struct DiscoverOptions {
  catalog::DiscoverOptions discover;
  std::string file;
  bool replace = false;
};

int discover(const Context& context, const DiscoverOptions& options) {
  const auto connections = load_connections(context);
  const auto found = catalog::discover(connections, options.discover);
  for (const auto& note : found.notes) context.say("orch: " + note);
  say_left_out(context, found);
  const auto text = render::pretty(found.catalog);
  if (options.file.empty()) {
    context.print_json(text);
    return Exit::ok;
  }
  write_text(options.file, text, options.replace);
  const auto tables = found.catalog.at("tables").as_array().size();
  context.say(fmt::format("orch: {}: {}; look through it, then: orch catalog validate {}",
                          options.file, render::plural(static_cast<std::int64_t>(tables), "table"),
                          options.file));
  return Exit::ok;
}

int validate(const Context& context, const CatalogChoice& options) {
  const auto catalog = catalog::load_catalog(options.file);
  const auto entries = chosen(catalog, options);
  const auto problems = replication::check_catalog(catalog, entries, load_connections(context));
  if (context.json()) {
    bj::array documents;
    for (const auto& problem : problems)
      documents.push_back(bj::object{
          {"key", problem.pointer}, {"message", problem.message}, {"hint", problem.hint}});
    print_documents(context, documents);
  } else {
    render::Grid grid({{"TABLE"}, {"PROBLEM", false, false}});
    for (const auto& problem : problems) {
      grid.add({problem.pointer, problem.message});
      if (!problem.hint.empty()) grid.add({"", "hint: " + problem.hint});
    }
    context.print(grid.text(context.out.look));
  }
  const auto count = static_cast<std::int64_t>(problems.size());
  context.say(fmt::format("{}: {}, {}", options.file,
                          render::plural(static_cast<std::int64_t>(entries.size()), "table"),
                          count == 0 ? "all can be replicated" : render::plural(count, "problem")));
  return count == 0 ? Exit::ok : Exit::failure;
}

std::string source_text(const bj::object& entry) {
  const auto& source = entry.at("source").as_object();
  const auto* table = source.if_contains("table");
  const auto* connection = source.if_contains("connection");
  return fmt::format("{}:{}",
                     connection && connection->is_string() ? connection->as_string().c_str() : "",
                     table && table->is_string() ? table->as_string().c_str() : "(query)");
}

int show(const Context& context, const CatalogChoice& options) {
  const auto entries = chosen(catalog::load_catalog(options.file), options);
  bj::array documents;
  for (const auto& entry : entries) documents.push_back(catalog::to_json(entry));
  if (context.json()) {
    print_documents(context, documents);
    return Exit::ok;
  }
  render::Grid grid({{"TABLE", false, true},
                     {"SOURCE", false, true},
                     {"TARGET", false, true},
                     {"STRATEGY"},
                     {"PARTS", true},
                     {"CHECKS", true},
                     {"TAGS", false, true}});
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const auto& document = documents[i].as_object();
    grid.add({entry.key, source_text(document),
              fmt::format("{}:{}", entry.target_connection, entry.target.display()),
              std::string(document.at("strategy").as_string()),
              entry.parts > 1 ? fmt::format("{}", entry.parts) : "",
              entry.checks.empty() ? "" : fmt::format("{}", entry.checks.size()),
              fmt::format("{}", fmt::join(entry.tags, " "))});
  }
  context.print(grid.text(context.out.look));
  return Exit::ok;
}

}  // namespace

Action declare_catalog_discover(Arguments& app) {
  const auto options = std::make_shared<DiscoverOptions>();
  options->discover.pin_files = true;
  app.add_option("source", options->discover.source, "connection to read the tables from")
      ->type_name("CONNECTION")
      ->required();
  app.add_option("--target", options->discover.target, "connection the tables go to")
      ->type_name("CONNECTION")
      ->required();
  add_discover_options(app, options->discover);
  app.add_option("-O,--file", options->file, "write to this file; default: standard output")
      ->type_name("FILE");
  app.add_flag("--replace", options->replace, "replace the file if it exists");
  add_setting(app, "connections");
  return [options](Context& context) { return discover(context, *options); };
}

Action declare_catalog_validate(Arguments& app) {
  const auto options = std::make_shared<CatalogChoice>();
  add_catalog_choice(app, *options);
  add_setting(app, "connections");
  return [options](Context& context) { return validate(context, *options); };
}

Action declare_catalog_show(Arguments& app) {
  const auto options = std::make_shared<CatalogChoice>();
  add_catalog_choice(app, *options);
  return [options](Context& context) { return show(context, *options); };
}

}  // namespace orch::cli
