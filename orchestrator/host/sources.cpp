#include "orchestrator/host/sources.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/view/limits.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"
#include "workers/connectors/trial_document.h"
#include "workers/replication/catalog_refresh.h"
#include "workers/replication/plan_document.h"
#include "workers/worker.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::chrono::seconds trial_patience{60};

/// Calls `work`; a failure of a worker is an error of the request.
template <class Work>
auto asking_sources(const Work& work) {
  try {
    return work();
  } catch (const workers::Cancelled&) {
    throw Error("ORCH-0850",
                fmt::format("the connection took longer than {} s", trial_patience.count()),
                "`orch connection test` waits for longer");
  } catch (const workers::TaskFailed& failed) {
    throw Error("ORCH-0850", fmt::format("{}: {}", failed.error(), failed.what()));
  }
}

connectors::Connections connections_of_pipeline(const store::PipelineRow& pipeline) {
  const auto& file = pipeline.revision.connections;
  if (file.empty())
    throw Error("ORCH-0302", fmt::format("pipeline \"{}\" has no connections", pipeline.name),
                "a project has them in connections.json");
  return connectors::Connections::load(file);
}

std::string catalog_name(const store::PipelineRow& pipeline) {
  const auto document = json::parse(pipeline.revision.document);
  const auto* input = document.as_object().if_contains("input");
  const auto* members = input ? input->if_object() : nullptr;
  const auto* named = members ? members->if_contains("catalog") : nullptr;
  if (!named && (!input || members)) return "catalog.json";
  const auto* text = named ? named->if_string() : nullptr;
  if (text && !text->starts_with("{%")) return std::string(*text);
  throw Error("ORCH-0851",
              fmt::format("the input of pipeline \"{}\" says at run time which catalog it reads",
                          pipeline.name),
              "`orch plan FILE` shows what a run does with a catalog");
}

catalog::Catalog catalog_of(const store::PipelineRow& pipeline,
                            const connectors::Connections& connections) {
  const auto file = connections.document(catalog_name(pipeline));
  try {
    return catalog::load_catalog(file);
  } catch (const Error& error) {
    if (error.code() != "ORCH-0002") throw;
    throw Error("ORCH-0852",
                fmt::format("pipeline \"{}\" has no catalog: {}", pipeline.name, error.what()),
                "only pipelines that replicate have one");
  }
}

// How many tasks may use it, and whether they may now.
void add_limits(bj::object& item, const workers::Need& need) {
  if (need.at_once) item["at_once"] = *need.at_once;
  if (need.closed_until)
    item["closed"] = {{"until", to_iso(*need.closed_until)}, {"reason", need.closed_why}};
}

void add_connections(const store::PipelineRow& pipeline, Instant now,
                     std::map<std::pair<std::string, std::string>, bj::object>& to) {
  const auto connections = connections_of_pipeline(pipeline);
  for (const auto& each : connections.list()) {
    auto& item = to[{each.name, each.display}];
    if (item.empty()) {
      item = {{"connection", each.name},
              {"engine", each.engine},
              {"url", each.display},
              {"pipelines", bj::array()}};
      add_limits(item, connections.need_of(each.name, now));
    }
    item["pipelines"].as_array().emplace_back(pipeline.name);
  }
}

void add_standing(bj::object& item, const std::vector<store::OutageRow>& outages,
                  const std::vector<store::HoldRow>& holds) {
  const auto name = json::text_member(item, "connection");
  const auto down = std::ranges::find_if(
      outages, [&](const auto& outage) { return outage.connection == name && !outage.until; });
  if (down != outages.end())
    item["down"] = {{"since", to_iso(down->since)}, {"reason", view::outage_reason(*down)}};
  const auto held = std::ranges::find(holds, "connection " + name, &store::HoldRow::subject);
  if (held != holds.end()) item["held"] = store::to_string(held->mode);
}

}  // namespace

bj::array connection_documents(store::Store& store, Instant now) {
  constexpr std::int64_t looked_at = 1'000;
  std::map<std::pair<std::string, std::string>, bj::object> found;
  for (const auto& pipeline : store.pipelines().list()) {
    if (pipeline.revision.connections.empty()) continue;
    try {
      add_connections(pipeline, now, found);
    } catch (const Error& error) {
      log::warn("the connections of pipeline {}: {}", pipeline.name, error.what());
    }
  }
  const auto outages = store.limits().outages("", looked_at);
  const auto holds = store.limits().holds();
  bj::array documents;
  for (auto& [place, item] : found) {
    add_standing(item, outages, holds);
    documents.push_back(std::move(item));
  }
  return documents;
}

namespace {

connectors::SourceTrial trial_of(const connectors::Connections& connections,
                                 const std::string& name, std::int64_t rows,
                                 const connectors::Stop& stop) {
  try {
    return connectors::try_source(*connections.open_source(name, stop), rows, stop);
  } catch (const workers::TaskFailed& failed) {
    if (failed.error() != "Connection.Unsupported") throw;
    return {};  // it can only be written to
  }
}

// Those that the tables of the catalog take of a target.
void add_missing_rights(std::vector<std::string>& grants, const store::PipelineRow& pipeline,
                        const connectors::Connections& connections, const std::string& name) {
  try {
    const auto catalog = catalog_of(pipeline, connections);
    auto entries = catalog.entries;
    std::erase_if(entries, [&](const auto& entry) { return entry.target_connection != name; });
    for (const auto& table : replication::plan_catalog(catalog, entries, connections))
      for (const auto& grant : table.grants)
        if (std::ranges::find(grants, grant) == grants.end()) grants.push_back(grant);
  } catch (const Error&) {
    // Without a catalog that is known before the run there is nothing to compare with; what is
    // wrong with one is told where it is shown.
  }
}

}  // namespace

bj::object connection_trial(const store::PipelineRow& pipeline, const std::string& name,
                            std::int64_t rows) {
  const auto end = std::chrono::steady_clock::now() + trial_patience;
  return asking_sources([&] {
    const auto stop = [end] { return std::chrono::steady_clock::now() > end; };
    const auto connections = connections_of_pipeline(pipeline);
    auto trial = trial_of(connections, name, rows, stop);
    const bool is_read = trial.tables > 0;
    const auto answered = connectors::timed_ping(
        connections, name, is_read ? connectors::Role::source : connectors::Role::target);
    add_missing_rights(trial.grants, pipeline, connections, name);
    const auto all = connections.list();
    return connectors::trial_document(*std::ranges::find(all, name, &connectors::Summary::name),
                                      answered, trial);
  });
}

bj::array catalog_entries(const store::PipelineRow& pipeline) {
  bj::array documents;
  for (const auto& entry : catalog_of(pipeline, connections_of_pipeline(pipeline)).entries)
    documents.push_back(catalog::to_json(entry));
  return documents;
}

bj::array catalog_changes(const store::PipelineRow& pipeline) {
  const auto connections = connections_of_pipeline(pipeline);
  const auto catalog = catalog_of(pipeline, connections);
  bj::array documents;
  for (auto& change :
       asking_sources([&] { return replication::catalog_changes(catalog, connections); })) {
    bj::object one{{"change", replication::name_of(change.kind)},
                   {"key", change.key},
                   {"detail", change.detail},
                   {"sql", bj::array(change.sql.begin(), change.sql.end())}};
    if (!change.entry.empty()) one["entry"] = std::move(change.entry);
    if (!change.accepted_schema.empty()) one["accepted_schema"] = change.accepted_schema;
    documents.push_back(std::move(one));
  }
  return documents;
}

bj::array catalog_plan(const store::PipelineRow& pipeline) {
  const auto connections = connections_of_pipeline(pipeline);
  const auto catalog = catalog_of(pipeline, connections);
  bj::array documents;
  for (const auto& table : asking_sources(
           [&] { return replication::plan_catalog(catalog, catalog.entries, connections); }))
    documents.push_back(replication::plan_document(table));
  return documents;
}

}  // namespace orch::host
