// catalog refresh: what has changed at the sources, and how it comes into the catalog.
#include "orchestrator/cli/refresh.h"

#include <algorithm>
#include <fnmatch.h>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/text.h"
#include "workers/catalog/edit_text.h"
#include "workers/replication/catalog_refresh.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using Changes = std::vector<replication::CatalogChange>;
using Kind = replication::CatalogChange::Kind;

struct RefreshOptions {
  std::string file = "catalog.json";
  std::vector<std::string> accept;
  bool apply = false;
};

bool matches(const std::string& pattern, const std::string& key) {
  return pattern == key || fnmatch(pattern.c_str(), key.c_str(), 0) == 0;
}

/// The changes that are to be taken in. Throws Error ORCH-0312 for a key without a change.
Changes accepted(const Changes& changes, const RefreshOptions& options) {
  if (options.apply) return changes;
  std::vector<std::string> keys;
  for (const auto& change : changes) keys.push_back(change.key);
  for (const auto& pattern : options.accept)
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const auto& key) { return matches(pattern, key); }))
      throw Error("ORCH-0312",
                  fmt::format("--accept: nothing has changed for \"{}\"{}", pattern,
                              did_you_mean(pattern, keys)),
                  keys.empty() ? "the catalog is as its sources are"
                               : fmt::format("changed are {}", fmt::join(keys, ", ")));
  Changes wanted;
  for (const auto& change : changes)
    if (std::any_of(options.accept.begin(), options.accept.end(),
                    [&](const auto& pattern) { return matches(pattern, change.key); }))
      wanted.push_back(change);
  return wanted;
}

/// An entry over several lines where its neighbours are, indented as they are.
std::string spelled(const bj::object& entry, const std::string& text) {
  const bool compact = text.find("\n    {\n") == std::string::npos;
  if (compact) return json::write(entry);
  auto lines = render::pretty(entry);
  lines.pop_back();
  std::string indented;
  for (const char byte : lines)
    indented += byte == '\n' ? std::string("\n    ") : std::string(1, byte);
  return indented;
}

std::string edited(const std::string& text, const Changes& wanted) {
  catalog::TextEdits edits;
  for (const auto& change : wanted) {
    if (change.kind == Kind::added)
      edits.added.push_back(spelled(change.entry, text));
    else if (change.kind == Kind::gone)
      edits.removed.push_back(change.element);
    else if (!change.accepted_schema.empty())
      edits.members.push_back(
          {change.element, "accepted_schema", json::write(bj::value(change.accepted_schema))});
  }
  return catalog::edit_tables(text, edits);
}

void print_changes(const Context& context, const Changes& changes) {
  if (context.json()) {
    bj::array documents;
    for (const auto& change : changes)
      documents.push_back(bj::object{{"key", change.key},
                                     {"change", replication::name_of(change.kind)},
                                     {"detail", change.detail},
                                     {"sql", bj::array(change.sql.begin(), change.sql.end())}});
    print_documents(context, documents);
    return;
  }
  render::Grid grid({{"TABLE"}, {"CHANGE"}, {"DETAIL", false, false}});
  for (const auto& change : changes)
    grid.add({change.key, replication::name_of(change.kind), change.detail});
  if (!changes.empty()) context.print(grid.text(context.out.look));
}

void say_sql(const Context& context, const Changes& wanted) {
  for (const auto& change : wanted)
    for (const auto& statement : change.sql)
      context.say(fmt::format("orch: {}: the target needs first: {};", change.key, statement));
}

int refresh(const Context& context, const RefreshOptions& options) {
  const auto changes =
      replication::catalog_changes(catalog::load_catalog(options.file), load_connections(context));
  print_changes(context, changes);
  const auto wanted = accepted(changes, options);
  if (!wanted.empty()) {
    const auto text = read_text(options.file);
    const auto changed = edited(text, wanted);
    catalog::parse_catalog(parse_json(changed, options.file), options.file, changed);
    write_text(options.file, changed, true);
    std::istringstream diff(catalog::line_diff(text, changed));
    for (std::string line; std::getline(diff, line);) context.say(line);
    say_sql(context, wanted);
  }
  const auto left = changes.size() - wanted.size();
  context.say(
      left == 0
          ? fmt::format("{}: {}", options.file,
                        wanted.empty() ? "it is as its sources are" : "all changes are taken in")
          : fmt::format("{}: {} not taken in; --apply takes in all, --accept KEY "
                        "some",
                        options.file, render::plural(static_cast<std::int64_t>(left), "change")));
  const bool stops = std::any_of(changes.begin(), changes.end(),
                                 [](const auto& change) { return change.kind != Kind::added; });
  return stops && left > 0 ? Exit::failure : Exit::ok;
}

}  // namespace

void say_changes(const Context& context, const std::filesystem::path& file,
                 const connectors::Connections& connections) {
  const auto changes = replication::catalog_changes(catalog::load_catalog(file), connections);
  for (const auto& change : changes)
    context.say(fmt::format("orch: {}: {}: {}", replication::name_of(change.kind), change.key,
                            change.detail));
  if (!changes.empty())
    context.say(fmt::format("orch: `orch catalog refresh {} --apply` takes in what has changed",
                            file.string()));
}

Action declare_catalog_refresh(Arguments& app) {
  const auto options = std::make_shared<RefreshOptions>();
  app.add_option("catalog", options->file, "default: catalog.json")->type_name("FILE");
  auto accept = app.add_option("--accept", options->accept,
                               "take in the changes of these tables: keys, or patterns")
                    ->type_name("KEY,…")
                    ->delimiter(',');
  app.add_flag("--apply", options->apply, "take in all changes")->excludes(accept);
  add_setting(app, "connections");
  return [options](Context& context) { return refresh(context, *options); };
}

}  // namespace orch::cli
