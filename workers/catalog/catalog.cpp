#include "workers/catalog/catalog.h"

#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "workers/catalog/parse_entry.h"

namespace orch::catalog {
namespace {

// Keys must tell entries apart, and no two entries may load one table.
void check_unique(const std::vector<Entry>& entries, json::Problems& problems) {
  std::map<std::string, std::size_t> keys, targets;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    if (entry.key.empty() || entry.target.name.empty()) continue;  // has a problem of its own
    const auto pointer = fmt::format("/tables/{}", i);
    if (const auto [other, added] = keys.emplace(entry.key, i); !added)
      problems.push_back({pointer, fmt::format("the key \"{}\" is used twice, first at /tables/{}",
                                               entry.key, other->second)});
    const auto target = entry.target_connection + "/" + entry.target.display();
    if (const auto [other, added] = targets.emplace(target, i); !added)
      problems.push_back(
          {pointer,
           fmt::format("the target {} is loaded twice, first by /tables/{}", target, other->second),
           "give one of them another target.table"});
  }
}

DiscoverOptions parse_discover(json::Fields& fields) {
  DiscoverOptions options;
  options.source = fields.required_string("source");
  options.target = fields.required_string("target");
  options.schemas = fields.strings("schemas");
  options.tables = fields.strings("tables");
  options.to_schema = fields.strings("target_schemas");
  options.ignore = fields.strings("ignore");
  options.views = fields.boolean("views").value_or(false);
  fields.finish("discover");
  return options;
}

Catalog parse_document(const boost::json::value& document, json::Problems& problems) {
  Catalog catalog;
  const auto* object = document.if_object();
  if (!object) {
    problems.push_back({"", "a catalog must be an object, found " + json::describe_type(document)});
    return catalog;
  }
  json::Fields fields(*object, "", problems);
  fields.integer("version", 1, 1);
  if (!fields.has("version"))
    fields.problem("", "the member version is required", R"(add "version": 1)");
  fields.string("$schema");
  if (const auto id = fields.string("id")) {
    if (id->empty()) fields.problem("id", "id must not be empty");
    catalog.identity = "id " + *id;
  }
  if (const auto* given = fields.object("discover")) {
    json::Fields members(*given, "/discover", problems);
    catalog.discover = parse_discover(members);
  }
  auto& defaults = catalog.defaults;
  if (const auto* given = fields.object("defaults")) {
    json::Fields members(*given, "/defaults", problems);
    defaults = parse_defaults(members);
  }
  const auto* tables = fields.array("tables");
  if (!fields.has("tables")) fields.problem("", "the member tables is required");
  fields.finish("a catalog");
  for (std::size_t i = 0; tables && i < tables->size(); ++i) {
    const auto pointer = fmt::format("/tables/{}", i);
    const auto* entry = (*tables)[i].if_object();
    if (!entry) {
      problems.push_back(
          {pointer, "a table must be an object, found " + json::describe_type((*tables)[i])});
      catalog.entries.emplace_back();  // keeps the numbers of those behind it
      continue;
    }
    json::Fields members(*entry, pointer, problems);
    catalog.entries.push_back(parse_entry(members, defaults));
  }
  check_unique(catalog.entries, problems);
  return catalog;
}

}  // namespace

Catalog parse_catalog(const boost::json::value& document, const std::string& name,
                      std::string_view text) {
  json::Problems problems;
  auto catalog = parse_document(document, problems);
  catalog.name = name;
  if (problems.empty()) return catalog;
  if (!text.empty()) json::locate_problems(text, problems);
  throw InvalidDocument("ORCH-0310", name, std::move(problems));
}

Catalog load_catalog(const std::filesystem::path& from, const std::filesystem::path& of) {
  const auto& file = of.empty() ? from : of;
  std::ifstream in(from);
  if (!in)
    throw Error("ORCH-0002", fmt::format("no catalog file {}", file.string()),
                "relative paths start at the connections file's folder; `orch catalog discover` "
                "writes a first catalog");
  std::stringstream stream;
  stream << in.rdbuf();
  const auto text = stream.str();
  try {
    auto catalog = parse_catalog(json::parse_strict(text), file.string(), text);
    if (catalog.identity == Catalog().identity)
      catalog.identity = "file " + std::filesystem::weakly_canonical(file).string();
    return catalog;
  } catch (const json::SyntaxError& error) {
    const auto location = json::location_of(text, error.offset());
    throw InvalidDocument("ORCH-0310", file.string(),
                          {{"", error.what(), "", location.line, location.column}});
  }
}

}  // namespace orch::catalog
