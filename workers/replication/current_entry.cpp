#include "workers/replication/current_entry.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "workers/connectors/connections.h"
#include "workers/replication/owner.h"
#include "workers/replication/step_input.h"

namespace orch::replication {
namespace {

// A document in the input has no place to be read from again.
bool is_place(const boost::json::value* reference) {
  if (!reference) return false;
  return reference->is_string() ||
         (reference->is_object() && reference->get_object().contains("connection"));
}

/// The entry `key` as its catalog has it now.
catalog::Entry entry_now(const workers::Task& task, const boost::json::value* reference,
                         const std::string& key) {
  try {
    const auto connections = connectors::Connections::current(task.connections);
    const auto catalog = read_catalog(task, reference, *connections);
    const auto found = std::ranges::find(catalog.entries, key, &catalog::Entry::key);
    if (found == catalog.entries.end())
      throw workers::TaskFailed(
          "Catalog.Invalid",
          fmt::format("the catalog no longer has \"{}\", which this run replicates", key),
          "put the entry back and resume the run, or start a new run without it", "ORCH-0312",
          {{"key", key}});
    auto entry = *found;
    entry.owner = owner_of(catalog, entry, *connections, task.store);
    return entry;
  } catch (const Error& error) {
    throw workers::TaskFailed("Catalog.Invalid", error.what(), error.hint(), error.code());
  }
}

}  // namespace

boost::json::object with_origin(const catalog::Entry& entry, const workers::Task& task) {
  auto object = catalog::to_json(entry);
  boost::json::object origin{{"resumes", task.resumes}};
  const auto* reference = catalog_reference(task);
  if (is_place(reference)) origin["catalog"] = *reference;
  object["origin"] = std::move(origin);
  return object;
}

boost::json::value without_origin(const boost::json::value& table) {
  auto own = table;
  if (auto* object = own.if_object()) object->erase("origin");
  return own;
}

CurrentEntry current_entry(const workers::Task& task, const boost::json::value& table) {
  CurrentEntry current{catalog::entry_from_json(without_origin(table)), false};
  const auto* object = table.if_object();
  const auto* origin = object ? object->if_contains("origin") : nullptr;
  const auto* read = origin ? origin->if_object() : nullptr;
  const auto* resumes = read ? read->if_contains("resumes") : nullptr;
  if (!resumes || !resumes->is_int64() || resumes->get_int64() >= task.resumes) return current;
  const auto* reference = read->if_contains("catalog");
  if (!reference && task.catalog.empty()) return current;
  const auto now = entry_now(task, reference, current.entry.key);
  current.changed = catalog::to_json(now) != catalog::to_json(current.entry);
  current.entry = now;
  return current;
}

}  // namespace orch::replication
