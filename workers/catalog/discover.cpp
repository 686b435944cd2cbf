#include "workers/catalog/discover.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "workers/catalog/parse_files.h"
#include "workers/catalog/target_schemas.h"
#include "workers/data/parts.h"
#include "workers/worker.h"

namespace orch::catalog {
namespace {

constexpr std::int64_t rows_a_part = 2'000'000;
constexpr std::int64_t most_parts = 8;
constexpr int most_shrink_percent = 50;

/// A table that goes into the catalog.
struct Chosen {
  data::Table table;
  std::string name;  ///< by which key and target are called
  std::string key;
  data::TableName target;
  bool empty = false;
  data::FileOptions files = {};  ///< that are pinned
};

/// What a table is called; of a folder, without those it lies in: "y" for "raw/source=x/table=y".
std::string own_name(const data::Listed& relation) {
  if (relation.kind != "folder") return relation.name.name;
  auto name = relation.name.name.substr(relation.name.name.rfind('/') + 1);
  for (const std::string_view label : {"table=", "source="})
    if (name.starts_with(label) && name.size() > label.size()) name.erase(0, label.size());
  return name;
}

/// Parts that are worth their connections, on this machine.
std::int64_t parts_for(const data::Source& source, const data::Table& table) {
  if (!source.splits_tables()) return 1;
  return std::clamp<std::int64_t>(table.estimated_rows.value_or(0) / rows_a_part, 1,
                                  std::min(most_parts, data::useful_parts()));
}

/// A source that lost its rows, or most of them, must not empty the target.
boost::json::array first_checks(const data::Table& table, bool empty) {
  boost::json::array checks;
  if (!table.key.empty())
    checks.push_back(
        boost::json::object{{"unique", boost::json::array(table.key.begin(), table.key.end())}});
  if (!empty) checks.push_back(boost::json::object{{"min_rows", 1}});
  checks.push_back(boost::json::object{{"max_shrink_percent", most_shrink_percent}});
  return checks;
}

/// The name alone where it is the only one; else with its schema.
void spell_keys(std::vector<Chosen>& all, const std::vector<std::string>& taken) {
  std::map<std::string, int> uses;
  for (const auto& key : taken) ++uses[key];
  for (const auto& each : all) ++uses[each.name];
  for (auto& each : all) each.key = uses[each.name] > 1 ? each.table.name.display() : each.name;
}

/// Where each table lands, by the names that the target keeps apart.
void place(std::vector<Chosen>& all, const data::Naming& naming, const TargetSchemas& schemas,
           const std::vector<data::TableName>& taken) {
  std::map<std::string, int> uses;
  for (const auto& name : taken) ++uses[naming.identity(name)];
  for (auto& each : all) {
    each.target = {schemas.of(each.table.name.schema), data::shortened(each.name, naming.longest)};
    ++uses[naming.identity(each.target)];
  }
  if (!naming.default_schema.empty()) return;
  for (auto& each : all) {
    const auto& name = each.table.name;
    if (uses[naming.identity(each.target)] > 1 && !name.schema.empty())
      each.target.name = data::shortened(name.schema + "_" + name.name, naming.longest);
  }
}

void refuse_clashes(const std::vector<Chosen>& all, const data::Naming& naming,
                    const std::vector<data::TableName>& taken) {
  std::map<std::string, std::string> places;
  for (const auto& name : taken) places.emplace(naming.identity(name), "another entry's");
  for (const auto& each : all) {
    const auto [other, added] =
        places.emplace(naming.identity(each.target), each.table.name.display());
    if (added) continue;
    throw Error("ORCH-0316",
                fmt::format("the tables {} and {} would both become {} in the target",
                            other->second, each.table.name.display(), each.target.display()),
                "choose with --schema or --tables, or map with --target-schema FROM=TO; a catalog "
                "written by hand can give one of them another target.table");
  }
}

std::optional<Chosen> describe(data::Source& source, const data::Listed& relation,
                               const DiscoverOptions& options, Discovery& found) {
  try {
    data::Relation from{relation.name, ""};
    auto* files = options.pin_files ? source.file_source() : nullptr;
    if (files) {
      auto findings = files->inspect(from);
      from.files = std::move(findings.options);
      for (const auto& note : findings.notes)
        found.notes.push_back(fmt::format("{}: {}", relation.name.display(), note));
    }
    auto table = source.describe(from);
    if (table.columns.empty()) {
      found.left_out.push_back({relation, "it has no columns"});
      return std::nullopt;
    }
    return Chosen{std::move(table),   own_name(relation),   "", {},
                  source.empty(from), std::move(from.files)};
  } catch (const workers::TaskFailed& failed) {
    // A view whose tables are gone, or a file that is no CSV, must not hide all others.
    if (failed.error().starts_with("Connection.")) throw;
    found.left_out.push_back({relation, failed.what()});
    return std::nullopt;
  }
}

boost::json::object side(const std::string& connection, const std::string& schema) {
  boost::json::object object{{"connection", connection}};
  if (!schema.empty()) object["schema"] = schema;
  return object;
}

/// The schema of all, if it is one.
std::string common(const std::set<std::string>& schemas) {
  return schemas.size() == 1 ? *schemas.begin() : std::string();
}

/// For a later refresh: what was asked for.
boost::json::object scope_of(const DiscoverOptions& options) {
  boost::json::object scope{{"source", options.source}, {"target", options.target}};
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) scope[name] = boost::json::array(values.begin(), values.end());
  };
  list("schemas", options.schemas);
  list("tables", options.tables);
  list("target_schemas", options.to_schema);
  list("ignore", options.ignore);
  if (options.views) scope["views"] = true;
  return scope;
}

boost::json::object document(const std::vector<Chosen>& all, data::Source& source,
                             const DiscoverOptions& options) {
  std::set<std::string> from, to;
  for (const auto& each : all) {
    from.insert(each.table.name.schema);
    to.insert(each.target.schema);
  }
  const auto common_from = common(from);
  const auto common_to = common(to);
  boost::json::array tables;
  for (const auto& each : all) {
    const auto& name = each.table.name;
    boost::json::object entry, read, written;
    if (each.key != name.name) entry["key"] = each.key;
    if (name.schema != common_from) read["schema"] = name.schema;
    read["table"] = name.name;
    add_files(read, each.files);
    entry["source"] = std::move(read);
    if (each.target.schema != common_to) written["schema"] = each.target.schema;
    if (each.target.name != name.name) written["table"] = each.target.name;
    if (!written.empty()) entry["target"] = std::move(written);
    if (const auto parts = parts_for(source, each.table); parts > 1) entry["parts"] = parts;
    entry["checks"] = first_checks(each.table, each.empty);
    tables.push_back(std::move(entry));
  }
  boost::json::object catalog{{"version", 1}};
  if (!options.id.empty()) catalog["id"] = options.id;
  catalog["discover"] = scope_of(options);
  catalog["defaults"] = {{"source", side(options.source, common_from)},
                         {"target", side(options.target, common_to)}};
  catalog["tables"] = std::move(tables);
  return catalog;
}

}  // namespace

Discovery discover(const connectors::Connections& connections, const DiscoverOptions& options) {
  const auto source = connections.open_source(options.source);
  const auto naming = connections.naming(options.target);
  const TargetSchemas schemas(options.to_schema, source->schemas(), naming);
  Discovery found;
  std::vector<Chosen> all;
  for (const auto& relation : choose_relations(*source, options, found.left_out))
    if (auto table = describe(*source, relation, options, found)) all.push_back(std::move(*table));
  if (all.empty() && !options.allow_empty) refuse_nothing(*source, options, found.left_out);
  spell_keys(all, options.taken_keys);
  place(all, naming, schemas, options.taken_targets);
  refuse_clashes(all, naming, options.taken_targets);
  found.catalog = document(all, *source, options);
  return found;
}

}  // namespace orch::catalog
