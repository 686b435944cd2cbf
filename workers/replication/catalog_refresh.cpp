#include "workers/replication/catalog_refresh.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/catalog/discover.h"
#include "workers/data/naming.h"
#include "workers/replication/drift.h"
#include "workers/replication/landing.h"
#include "workers/replication/open_ends.h"
#include "workers/replication/plan_request.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

/// The type as a person may paste it; a name that is more than words and numbers, which a hostile
/// source could have chosen, is left to the person.
std::string pasted(const data::TypeText& type) {
  const auto& text = type.shown();
  const auto plain = [](unsigned char byte) {
    return std::isalnum(byte) != 0 ||
           std::string_view(" _(),[]").find(static_cast<char>(byte)) != std::string_view::npos;
  };
  if (text.empty()) return {};
  return std::all_of(text.begin(), text.end(), plain) ? " " + text : " <its type>";
}

/// ALTER TABLE for the columns that the target's table lacks: typed as a new table would be.
std::vector<std::string> missing_columns(const data::PlanRequest& request, data::Target& target) {
  const auto existing = target.describe(request.target);
  if (!existing) return {};
  const auto& name = existing->name;
  const auto table = name.schema.empty()
                         ? data::quoted(name.name)
                         : data::quoted(name.schema) + "." + data::quoted(name.name);
  auto fresh = request;
  fresh.target.name = data::shortened("orch_refresh_of_" + request.target.name, 63);
  std::vector<std::string> statements;
  for (const auto& column : target.plan(fresh).columns) {
    const auto known = std::any_of(existing->columns.begin(), existing->columns.end(),
                                   [&](const auto& each) { return each.name == column.name; });
    if (!known)
      statements.push_back(fmt::format("ALTER TABLE {} ADD COLUMN {}{}", table,
                                       data::quoted(column.name), pasted(column.native)));
  }
  return statements;
}

class Comparison {
 public:
  Comparison(const catalog::Catalog& catalog, const connectors::Connections& connections)
      : catalog_(catalog), connections_(connections), ends_(connections) {}

  std::vector<CatalogChange> run() {
    for (std::size_t i = 0; i < catalog_.entries.size(); ++i) compare(i);
    for (const auto& scope : scopes()) look_for_new(scope);
    return std::move(changes_);
  }

 private:
  void compare(std::size_t element) {
    const auto& entry = catalog_.entries[element];
    auto& source = ends_.source(entry.source_connection);
    data::Table table;
    try {
      const auto complete = complete_relation(source, entry.source);
      if (!complete) return known_[entry.source_connection].push_back(entry.source.table);
      table = source.describe(*complete);
    } catch (const workers::TaskFailed& failed) {
      if (failed.error().starts_with("Connection.")) throw;
      const bool gone = failed.error() == "Source.TableMissing";
      // Its name stays known: what cannot be described is not new.
      known_[entry.source_connection].push_back(entry.source.table);
      changes_.push_back({gone ? CatalogChange::Kind::gone : CatalogChange::Kind::changed,
                          entry.key,
                          failed.what(),
                          {},
                          element,
                          "",
                          {}});
      return;
    }
    if (entry.source.query.empty()) known_[entry.source_connection].push_back(table.name);
    compare_columns(element, table, source);
  }

  void compare_columns(std::size_t element, const data::Table& table, data::Source& source) {
    const auto& entry = catalog_.entries[element];
    auto& target = ends_.target(entry.target_connection);
    const auto last = target.last_published(entry.target);
    if (!last) return;
    CatalogChange change{CatalogChange::Kind::changed, entry.key, "", {}, element, "", {}};
    try {
      const auto request = make_request(entry, table, source, target);
      const auto differences = drift(entry, table, request, *last);
      change.accepted_schema = schema_fingerprint(request);
      if (differences.empty() || entry.accepted_schema == change.accepted_schema) return;
      change.detail = fmt::format("{}", fmt::join(differences, "; "));
      change.sql = missing_columns(request, target);
    } catch (const workers::TaskFailed& failed) {
      if (failed.error().starts_with("Connection.")) throw;
      change.detail += (change.detail.empty() ? "" : "; ") + std::string(failed.what());
    }
    changes_.push_back(std::move(change));
  }

  /// Where new tables are looked for: the catalog's own words, and what its entries read besides.
  std::vector<catalog::DiscoverOptions> scopes() const {
    std::vector<catalog::DiscoverOptions> all;
    if (catalog_.discover) all.push_back(*catalog_.discover);
    std::set<std::string> done;
    for (const auto& scope : all) done.insert(scope.source);
    for (const auto& entry : catalog_.entries) {
      if (!entry.source.query.empty() || !done.insert(entry.source_connection).second) continue;
      catalog::DiscoverOptions scope{entry.source_connection, entry.target_connection, {}, {}, {}};
      const auto known = known_.find(entry.source_connection);
      std::set<std::string> schemas;
      if (known != known_.end())
        for (const auto& name : known->second)
          if (!name.schema.empty()) schemas.insert(name.schema);
      scope.schemas.assign(schemas.begin(), schemas.end());
      all.push_back(std::move(scope));
    }
    return all;
  }

  void look_for_new(catalog::DiscoverOptions scope) {
    scope.allow_empty = true;
    if (const auto known = known_.find(scope.source); known != known_.end())
      scope.known = known->second;
    const auto database = connections_.database(scope.target);
    for (const auto& entry : catalog_.entries) {
      scope.taken_keys.push_back(entry.key);
      if (connections_.database(entry.target_connection) == database)
        scope.taken_targets.push_back(entry.target);
    }
    const auto found = catalog::discover(connections_, scope);
    const auto entries = catalog::parse_catalog(found.catalog, "the discovery").entries;
    for (std::size_t i = 0; i < entries.size(); ++i)
      changes_.push_back({CatalogChange::Kind::added,
                          entries[i].key,
                          fmt::format("{} is in no entry", entries[i].source.table.display()),
                          spelled(entries[i], found.catalog.at("tables").at(i).as_object()),
                          0,
                          "",
                          {}});
  }

  /// The entry beside the catalog's defaults. `discovered` has those of the discovery.
  boost::json::object spelled(const catalog::Entry& entry,
                              const boost::json::object& discovered) const {
    boost::json::object out, source, target;
    const auto& defaults = catalog_.defaults;
    if (entry.key != entry.source.table.name) out["key"] = entry.key;
    if (entry.source_connection != defaults.source_connection)
      source["connection"] = entry.source_connection;
    if (entry.source.table.schema != defaults.source_schema)
      source["schema"] = entry.source.table.schema;
    source["table"] = entry.source.table.name;
    if (entry.target_connection != defaults.target_connection)
      target["connection"] = entry.target_connection;
    if (entry.target.schema != defaults.target_schema) target["schema"] = entry.target.schema;
    if (entry.target.name != entry.source.table.name) target["table"] = entry.target.name;
    out["source"] = std::move(source);
    if (!target.empty()) out["target"] = std::move(target);
    for (const auto* member : {"parts", "checks"})
      if (const auto* value = discovered.if_contains(member)) out[member] = *value;
    return out;
  }

  const catalog::Catalog& catalog_;
  const connectors::Connections& connections_;
  OpenEnds ends_;
  std::map<std::string, std::vector<data::TableName>> known_;  ///< by source connection
  std::vector<CatalogChange> changes_;
};

}  // namespace

const char* name_of(CatalogChange::Kind kind) {
  switch (kind) {
    case CatalogChange::Kind::added:
      return "new";
    case CatalogChange::Kind::gone:
      return "gone";
    case CatalogChange::Kind::changed:
      break;
  }
  return "changed";
}

std::vector<CatalogChange> catalog_changes(const catalog::Catalog& catalog,
                                           const connectors::Connections& connections) {
  return Comparison(catalog, connections).run();
}

}  // namespace orch::replication
