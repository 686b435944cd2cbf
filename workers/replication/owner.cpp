#include "workers/replication/owner.h"

#include <string>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "workers/data/digest.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

std::string relation_of(const data::Relation& relation) {
  if (relation.query.empty()) return relation.table.display();
  data::Digest hash;
  hash.add(relation.query);
  return "query " + hash.hex();
}

bool same_catalog(const boost::json::object& left, const boost::json::object& right) {
  const auto equal = [&](std::string_view member) {
    return json::text_member(left, member) == json::text_member(right, member);
  };
  if (!equal("catalog")) return false;
  // A path alone may be that of another machine.
  return json::text_member(left, "catalog").starts_with("id ") || equal("store") ||
         equal("database") || json::text_member(left, "store").empty() ||
         json::text_member(right, "store").empty();
}

/// Whichever process does it, the same rows arrive.
bool same_work(const boost::json::object& left, const boost::json::object& right) {
  for (const auto* member : {"database", "relation", "where"})
    if (json::text_member(left, member) != json::text_member(right, member)) return false;
  return true;
}

}  // namespace

boost::json::object owner_of(const catalog::Catalog& catalog, const catalog::Entry& entry,
                             const connectors::Connections& connections, std::string_view store) {
  return {{"catalog", catalog.identity},
          {"store", store},
          {"key", entry.key},
          {"database", connections.database(entry.source_connection)},
          {"relation", relation_of(entry.source)},
          {"where", entry.where}};
}

void check_owner(const catalog::Entry& entry, const boost::json::object& owner,
                 const std::optional<data::PublishedRecord>& last) {
  const auto* recorded = last ? last->position.if_contains("owner") : nullptr;
  if (!recorded || !recorded->is_object()) return;
  const auto& other = recorded->get_object();
  if (same_catalog(owner, other) || same_work(owner, other)) return;
  throw workers::TaskFailed(
      "Target.Taken",
      fmt::format("{}: the table {} of the connection {} holds the rows of another catalog ({}), "
                  "entry \"{}\", read from {} of {}, published {} by the run {}",
                  entry.key, entry.target.display(), entry.target_connection,
                  json::text_member(other, "catalog"), json::text_member(other, "key"),
                  json::text_member(other, "relation"), json::text_member(other, "database"),
                  last->published_at, last->run_name),
      "give the entry another target.table or target.schema (replicate: --target-schema); "
      "\"takeover\": true in the entry or in the run's input, or --takeover, replaces the rows",
      "ORCH-0317", {{"key", entry.key}, {"owner", other}});
}

}  // namespace orch::replication
