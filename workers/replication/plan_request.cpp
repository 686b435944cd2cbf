#include "workers/replication/plan_request.h"

#include <algorithm>
#include <array>
#include <strings.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

using data::Kind;

/// Exact names first; else the one that differs in ASCII case only.
const data::Column* find(const std::vector<data::Column>& columns, const std::string& name) {
  const data::Column* alike = nullptr;
  for (const auto& column : columns) {
    if (column.name == name) return &column;
    if (strcasecmp(column.name.c_str(), name.c_str()) == 0) alike = &column;
  }
  return alike;
}

void check_names(const catalog::Entry& entry, const data::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  std::vector<std::string> missing;
  const auto check = [&](const std::string& name) {
    if (!find(table.columns, name))
      missing.push_back(fmt::format("no column \"{}\"{}", name, did_you_mean(name, names)));
  };
  for (const auto& mapping : entry.columns) check(mapping.source);
  for (const auto& name : entry.exclude) check(name);
  if (!entry.watermark.empty()) check(entry.watermark);
  if (missing.empty()) return;
  throw workers::TaskFailed(
      "Source.ColumnMissing", fmt::format("{}: {}", entry.key, fmt::join(missing, "; ")),
      "correct \"columns\", \"exclude\" or \"watermark\" of the catalog entry", "ORCH-0445");
}

/// The mappings of the entry, or one for each source column that is neither excluded nor computed
/// by the target.
std::vector<catalog::ColumnMapping> mappings_of(const catalog::Entry& entry,
                                                const data::Table& source,
                                                const std::optional<data::Table>& target) {
  if (!entry.columns.empty()) return entry.columns;
  std::vector<data::Column> excluded;
  for (const auto& name : entry.exclude) excluded.push_back(*find(source.columns, name));
  std::vector<catalog::ColumnMapping> mappings;
  for (const auto& column : source.columns) {
    const auto* there = target ? find(target->columns, column.name) : nullptr;
    if (find(excluded, column.name) || (there && there->generated)) continue;
    mappings.push_back({column.name, column.name, ""});
  }
  return mappings;
}

data::Proof proof_of(catalog::Reconcile reconcile) {
  switch (reconcile) {
    case catalog::Reconcile::count:
      return data::Proof::count;
    case catalog::Reconcile::off:
      return data::Proof::off;
    case catalog::Reconcile::full:
      break;
  }
  return data::Proof::full;
}

/// What is not granted fails before anything is read.
void check_readable(const catalog::Entry& entry, const data::Table& source) {
  std::vector<std::string> hidden;
  for (const auto& column : source.columns)
    if (!column.readable) hidden.push_back(column.name);
  if (hidden.empty()) return;
  const bool all = hidden.size() == source.columns.size();
  const auto grant =
      fmt::format("GRANT SELECT{} ON {} TO its user",
                  all ? "" : fmt::format(" ({})", fmt::join(hidden, ", ")), source.name.display());
  throw workers::TaskFailed(
      "Source.Denied",
      fmt::format("{}: the connection {} may not read {} of {}", entry.key, entry.source_connection,
                  all ? "any column" : fmt::format("{}", fmt::join(hidden, ", ")),
                  source.name.display()),
      fmt::format("{}; or leave these columns out: \"exclude\"", grant), "ORCH-0406");
}

/// The source's key under the target's names, if all of it is copied.
std::vector<std::string> source_key(const data::PlanRequest& request) {
  std::vector<std::string> key;
  for (const auto& column : request.source.key) {
    const auto target = target_column(request, column);
    if (target.empty()) return {};
    key.push_back(target);
  }
  return key;
}

}  // namespace

data::PlanRequest make_request(const catalog::Entry& entry, data::Source& source,
                               data::Target& target) {
  return make_request(entry, source.describe(entry.source), source, target);
}

data::PlanRequest make_request(const catalog::Entry& entry, const data::Table& table,
                               data::Source& source, data::Target& target) {
  check_names(entry, table);
  data::PlanRequest request;
  request.key = entry.key;
  request.target = entry.target;
  request.strategy = entry.strategy;
  request.source_traits = source.traits();
  request.parts = entry.parts;
  request.proof = proof_of(entry.reconcile);
  request.reads_again = !data::facts_of(entry.strategy).takes_again && !entry.watermark.empty() &&
                        (entry.watermark_nulls || !entry.overlap.empty());
  request.source = table;
  request.source.columns.clear();
  const auto existing = target.describe(entry.target);
  // Where the target has a family of its own, each of its tables gets its own rows: a query on the
  // parent then finds as many rows in the target as in the source, as it does in a target without.
  request.alone = table.inherited && existing && existing->inherited;
  for (const auto& mapping : mappings_of(entry, table, existing)) {
    const auto& column = *find(table.columns, mapping.source);
    request.source.columns.push_back(column);
    request.target_columns.push_back(mapping.target.empty() ? column.name : mapping.target);
    request.target_types.push_back(mapping.type);
  }
  check_readable(entry, request.source);
  request.key_columns = entry.key_columns.empty() ? source_key(request) : entry.key_columns;
  return request;
}

std::string target_column(const data::PlanRequest& request, const std::string& column) {
  const auto* found = find(request.source.columns, column);
  if (!found) return {};
  return request.target_columns[static_cast<std::size_t>(found - request.source.columns.data())];
}

}  // namespace orch::replication
