// One entry of the catalog: a table and what to do with it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/source.h"
#include "workers/data/target.h"

namespace orch::catalog {

/// A column to copy. Absent columns in an entry mean: all of the source's, under their own names.
struct ColumnMapping {
  std::string source;
  std::string target;
  std::string type;  ///< wanted type in the target, in the target's words; empty: derived
};

enum class Reconcile : std::uint8_t { full, count, off };

struct Entry {
  std::string key;  ///< the metadata key: unique in the catalog
  std::string source_connection;
  data::Relation source;
  std::string where;
  std::string target_connection;
  data::TableName target;
  data::Strategy strategy = data::Strategy::replace;
  std::vector<std::string> key_columns;  ///< target names; empty: the source's primary key
  std::vector<ColumnMapping> columns;
  std::vector<std::string> exclude;  ///< source columns not copied
  std::string watermark;             ///< source column; append and upsert read only what is newer
  bool watermark_nulls = false;      ///< rows without a watermark are read each time, not refused
  data::Overlap overlap;             ///< of the watermark
  int parts = 1;
  std::vector<data::Check> checks;
  Reconcile reconcile = Reconcile::full;
  std::vector<std::string> tags;
  std::string
      accepted_schema;    ///< fingerprint of source columns that may differ from the last load's
  bool takeover = false;  ///< a target that another catalog publishes may be replaced
  boost::json::object owner;  ///< who publishes the target; only in the complete form
};

/// What a catalog's "defaults" say for entries that are silent.
struct Defaults {
  std::string source_connection;
  std::string source_schema;
  std::string target_connection;
  std::string target_schema;
  data::Strategy strategy = data::Strategy::replace;
  Reconcile reconcile = Reconcile::full;
  int parts = 1;
};

/// Reads an entry as orch:catalog wrote it (complete: defaults applied). Throws TaskFailed
/// "Catalog.Invalid" with the JSON pointer of what is wrong.
Entry entry_from_json(const boost::json::value& value);
/// The complete form, for the workflow's payload.
boost::json::object to_json(const Entry& entry);

}  // namespace orch::catalog
