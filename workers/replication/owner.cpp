#include "workers/replication/owner.h"

#include <string>

#include <fmt/format.h>

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

std::string text(const boost::json::object& owner, std::string_view member) {
  const auto* value = owner.if_contains({member.data(), member.size()});
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool same_catalog(const boost::json::object& left, const boost::json::object& right) {
  const auto equal = [&](std::string_view member) {
    return text(left, member) == text(right, member);
  };
  if (!equal("catalog")) return false;
  // A path alone may be that of another machine.
  return text(left, "catalog").starts_with("id ") || equal("store") || equal("database") ||
         text(left, "store").empty() || text(right, "store").empty();
}

/// Whichever process does it, the same rows arrive.
bool same_work(const boost::json::object& left, const boost::json::object& right) {
  for (const auto* member : {"database", "relation", "where"})
    if (text(left, member) != text(right, member)) return false;
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
                  text(other, "catalog"), text(other, "key"), text(other, "relation"),
                  text(other, "database"), last->published_at, last->run_name),
      "give the entry another target.table or target.schema (replicate: --target-schema); "
      "\"takeover\": true in the entry or in the run's input, or --takeover, replaces the rows",
      "ORCH-0317", {{"key", entry.key}, {"owner", other}});
}

}  // namespace orch::replication
