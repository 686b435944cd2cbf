#include "workers/replication/drift.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "workers/data/digest.h"
#include "workers/data/plan_json.h"
#include "workers/replication/plan_request.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

using data::Column;
using data::Kind;
using Columns = std::vector<Column>;

std::string hash(std::string_view text) {
  data::Digest digest;
  digest.add(text);
  return digest.hex().substr(16);
}

std::string relation_of(const catalog::Entry& entry) {
  if (!entry.source.query.empty()) return "query " + hash(entry.source.query);
  return entry.source.table.display();
}

const Column* find(const Columns& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

/// Where a type comes in the order of its family, the wider the later; 0: it has none.
int width(const Column& column) {
  switch (column.kind) {
    case Kind::int16:
      return 16;
    case Kind::int32:
    case Kind::float32:
      return 32;
    case Kind::int64:
    case Kind::float64:
      return 64;
    case Kind::numeric:
      return column.precision == 0 ? 1'000'000 : column.precision;
    case Kind::text:
      return column.length == 0 ? 1'000'000'000 : column.length;
    default:
      return 0;
  }
}

bool one_family(Kind left, Kind right) {
  const auto integer = [](Kind kind) { return kind >= Kind::int16 && kind <= Kind::int64; };
  const auto real = [](Kind kind) { return kind == Kind::float32 || kind == Kind::float64; };
  return left == right || (integer(left) && integer(right)) || (real(left) && real(right));
}

std::string_view direction(const Column& before, const Column& now) {
  if (!one_family(before.kind, now.kind) || width(before) == width(now)) return "another type";
  return width(now) > width(before) ? "wider" : "narrower";
}

std::string typed(const Column& column) {
  return fmt::format("\"{}\" ({})", column.name,
                     column.native.empty() ? "no type" : column.native.shown());
}

/// What the evidence says of the source.
struct Before {
  data::PlanRequest request;
  std::string relation;              ///< empty: an older version did not say
  std::vector<std::string> columns;  ///< names of all
};

Before before(const data::PublishedRecord& last) {
  Before before;
  before.request = data::request_from_json(last.position.at("request").as_object());
  if (const auto* shape = last.position.if_contains("source_shape")) {
    before.relation = shape->at("relation").as_string();
    for (const auto& name : shape->at("columns").as_array())
      before.columns.emplace_back(name.as_string());
  } else {
    for (const auto& column : before.request.source.columns) before.columns.push_back(column.name);
  }
  return before;
}

/// Columns that were copied and are not in the source, and such that are copied and were not.
struct Exchanged {
  std::vector<const Column*> gone;
  std::vector<const Column*> added;
};

Exchanged exchanged(const Before& before, const data::Table& source,
                    const data::PlanRequest& request) {
  Exchanged found;
  for (const auto& column : before.request.source.columns)
    if (!find(source.columns, column.name)) found.gone.push_back(&column);
  const auto& known = before.columns;
  for (const auto& column : request.source.columns)
    if (std::find(known.begin(), known.end(), column.name) == known.end())
      found.added.push_back(&column);
  return found;
}

void tell_exchanged(Exchanged found, std::vector<std::string>& out) {
  for (const auto* gone : found.gone) {
    auto words = fmt::format("column {} is gone: the target's would become NULL", typed(*gone));
    const auto alike =
        std::find_if(found.added.begin(), found.added.end(),
                     [&](const Column* added) { return added->native == gone->native; });
    if (alike != found.added.end()) {
      words = fmt::format("column {} is gone and \"{}\" of the same type is new: was it renamed?",
                          typed(*gone), (*alike)->name);
      found.added.erase(alike);
    }
    out.push_back(std::move(words));
  }
  for (const auto* added : found.added)
    out.push_back(fmt::format("column {} is new", typed(*added)));
}

void tell_changed(const Column& before, const Column& now, std::vector<std::string>& out) {
  if (before.native != now.native || before.kind != now.kind)
    out.push_back(fmt::format("column {} is {} now, {}", typed(before), now.native.shown(),
                              direction(before, now)));
  if (before.nullable != now.nullable)
    out.push_back(fmt::format("column \"{}\" {} now", now.name,
                              now.nullable ? "may be NULL" : "is NOT NULL"));
}

std::string key_of(const std::vector<std::string>& key) {
  return key.empty() ? "none" : fmt::format("({})", fmt::join(key, ", "));
}

/// The one place that decides what drift leads to.
void decide(DriftPolicy policy, const workers::TaskFailed& refusal) {
  switch (policy) {
    case DriftPolicy::refuse:
      throw refusal;
  }
}

workers::TaskFailed refusal(const catalog::Entry& entry, const data::PlanRequest& request,
                            const data::PublishedRecord& last,
                            const std::vector<std::string>& differences) {
  const auto fingerprint = schema_fingerprint(request);
  return {"Schema.Drift",
          fmt::format("{}: the source is not as it was for the last load, of {}: {}", entry.key,
                      last.published_at, fmt::join(differences, "; ")),
          fmt::format("three ways on: `orch catalog refresh --accept {}` takes the columns as they "
                      "are now (\"accepted_schema\": \"{}\" in the entry); an entry that says what "
                      "it wants (\"columns\", \"exclude\"); a policy (there is none but refusal "
                      "yet). Nothing was loaded",
                      entry.key, fingerprint),
          "ORCH-0520",
          {{"differences", boost::json::array(differences.begin(), differences.end())},
           {"accepted_schema", fingerprint}}};
}

}  // namespace

boost::json::object source_shape(const catalog::Entry& entry, const data::Table& source) {
  boost::json::array names;
  for (const auto& column : source.columns) names.emplace_back(column.name);
  return {{"relation", relation_of(entry)}, {"columns", std::move(names)}};
}

std::string schema_fingerprint(const data::PlanRequest& request) {
  boost::json::array columns;
  for (const auto& column : request.source.columns)
    columns.push_back(boost::json::array{column.name, column.native.shown(), column.nullable});
  const boost::json::array key(request.source.key.begin(), request.source.key.end());
  return hash(json::write(boost::json::array{std::move(columns), key}));
}

std::vector<std::string> drift(const catalog::Entry& entry, const data::Table& source,
                               const data::PlanRequest& request,
                               const data::PublishedRecord& last) {
  const auto was = before(last);
  if (!was.relation.empty() && was.relation != relation_of(entry)) return {};
  std::vector<std::string> out;
  // An entry that names its columns has chosen which come and go.
  if (entry.columns.empty()) tell_exchanged(exchanged(was, source, request), out);
  for (const auto& column : request.source.columns)
    if (const auto* earlier = find(was.request.source.columns, column.name))
      tell_changed(*earlier, column, out);
  if (entry.key_columns.empty() && was.request.source.key != request.source.key)
    out.push_back(fmt::format("the key was {} and is {}", key_of(was.request.source.key),
                              key_of(request.source.key)));
  return out;
}

void check_drift(const catalog::Entry& entry, const data::Table& source,
                 const data::PlanRequest& request, const std::optional<data::PublishedRecord>& last,
                 DriftPolicy policy) {
  if (!last) return;
  const auto differences = drift(entry, source, request, *last);
  if (differences.empty() || entry.accepted_schema == schema_fingerprint(request)) return;
  decide(policy, refusal(entry, request, *last, differences));
}

}  // namespace orch::replication
