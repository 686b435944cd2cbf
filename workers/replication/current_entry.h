// A table's entry as the catalog has it now: a resume continues with what was mended.
#pragma once

#include <boost/json/value.hpp>

#include "workers/catalog/entry.h"
#include "workers/worker.h"

namespace orch::replication {

/// `entry` for the workflow's payload, with the place that orch:catalog read it from and how often
/// the run had been resumed then.
boost::json::object with_origin(const catalog::Entry& entry, const workers::Task& task);

/// `table` as catalog::entry_from_json() takes it.
boost::json::value without_origin(const boost::json::value& table);

struct CurrentEntry {
  catalog::Entry entry;
  bool changed = false;  ///< since orch:catalog read it
};

/// What `table`, made by with_origin() or by hand, says of a table. Once the run of `task` has been
/// resumed since, the entry is read again from where it came from. Throws TaskFailed
/// "Catalog.Invalid", also when the catalog has the key no more.
CurrentEntry current_entry(const workers::Task& task, const boost::json::value& table);

}  // namespace orch::replication
