#include <fmt/format.h>

#include "workers/data/plan_json.h"
#include "workers/replication/as_of.h"
#include "workers/replication/plan_request.h"
#include "workers/replication/steps.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

using catalog::Reconcile;

std::string_view mode_name(Reconcile mode) {
  switch (mode) {
    case Reconcile::count:
      return "count";
    case Reconcile::off:
      return "off";
    case Reconcile::full:
      break;
  }
  return "full";
}

data::PublishedRecord newest_load(const Work& work, data::Target& target) {
  auto record = target.last_published(work.entry.target);
  if (record) return *std::move(record);
  throw workers::TaskFailed("Target.TableMissing",
                            fmt::format("{}: the target has no published load of {}",
                                        work.entry.key, work.entry.target.display()),
                            "merge a load of the table first", "ORCH-0510");
}

/// The plan of the published load, made from its evidence.
data::LoadPlan plan_of(const Work& work, data::Target& target,
                       const data::PublishedRecord& record) {
  auto plan = target.plan(data::request_from_json(record.position.at("request").as_object()));
  if (plan.fingerprint == record.fingerprint) return plan;
  throw workers::TaskFailed("Schema.Changed",
                            fmt::format("{}: the columns of {} changed since load {} was published",
                                        work.entry.key, work.entry.target.display(), record.load),
                            "load the table again", "ORCH-0509");
}

/// The digest is of the whole table; of others it is of a load, and only the rows are known.
bool whole_table(const data::PublishedRecord& record) {
  return data::facts_of(record.strategy).whole_table;
}

data::Digest expected_of(const data::PublishedRecord& record) {
  auto expected = record.digest;
  if (!whole_table(record)) expected.rows = record.total_rows;
  return expected;
}

bool is_equal(const data::PublishedRecord& record, Reconcile mode, const data::Digest& found) {
  const auto expected = expected_of(record);
  return mode == Reconcile::full && whole_table(record) ? found == expected
                                                        : found.rows == expected.rows;
}

boost::json::object side_json(const data::PublishedRecord& record, Reconcile mode,
                              const data::Digest& digest) {
  boost::json::value hex;
  if (mode == Reconcile::full && whole_table(record)) hex = digest.hex();
  return {{"rows", digest.rows}, {"digest", hex}};
}

workers::TaskFailed different(const Work& work, const data::PublishedRecord& record, Reconcile mode,
                              const data::Digest& found) {
  const auto expected = expected_of(record);
  const auto words = [&](const data::Digest& digest) {
    return mode == Reconcile::full && whole_table(record)
               ? fmt::format("{} rows with digest {}", digest.rows, digest.hex())
               : fmt::format("{} rows", digest.rows);
  };
  return {
      "Reconcile.Different",
      fmt::format("{}: the target {} has {}, and load {} left {}", work.entry.key,
                  work.entry.target.display(), words(found), record.load, words(expected)),
      "somebody else writes to the target; find out who, then load the table again",
      "ORCH-0506",
      {{"source", side_json(record, mode, expected)}, {"target", side_json(record, mode, found)}}};
}

boost::json::object answer(const Work& work, const data::PublishedRecord& record, Reconcile mode) {
  boost::json::object out{
      {"key", work.entry.key}, {"mode", mode_name(mode)},         {"equal", nullptr},
      {"load", record.load},   {"as_of", as_of(record.position)}, {"source", nullptr},
      {"target", nullptr}};
  if (!whole_table(record)) out["deletes"] = "not followed";
  return out;
}

void compare(const Work& work, data::Target& target, const data::PublishedRecord& record,
             Reconcile mode, boost::json::object& out) {
  const auto plan = plan_of(work, target, record);
  const auto stop = [&work] { return work.context.stop_requested(); };
  const auto found = target.published_digest(plan, std::nullopt, stop);
  if (is_equal(record, mode, found)) {
    out["equal"] = true;
    out["source"] = side_json(record, mode, expected_of(record));
    out["target"] = side_json(record, mode, found);
  } else if (const auto newest = newest_load(work, target); newest.load != record.load) {
    out["superseded_by"] = newest.load;
  } else {
    throw different(work, record, mode, found);
  }
}

/// What the publish itself found of the load's rows, before it committed.
void report(const data::PublishedRecord& record, boost::json::object& out) {
  const auto& proof = *record.proof;
  out["mode"] = data::proof_name(proof.mode);
  if (proof.mode == data::Proof::off) return;
  const auto side = [&](const data::Digest& digest) {
    boost::json::value hex;
    if (proof.mode == data::Proof::full) hex = digest.hex();
    return boost::json::object{{"rows", digest.rows}, {"digest", hex}};
  };
  out["equal"] = proof.equal;
  out["source"] = side(record.digest);
  out["target"] = side(proof.found);
}

}  // namespace

boost::json::object reconcile(const Work& work, data::Target& target,
                              const boost::json::value* load) {
  const Stopwatch watch;
  const Pulse pulse(work, "reconciling");
  const auto mode = work.entry.reconcile;
  const auto record = newest_load(work, target);
  auto out = answer(work, record, mode);
  const auto asked = load ? load_id(work.task, *load).id : record.load;
  if (asked != record.load) {
    // What a later load left is its own matter.
    out["load"] = asked;
    out["as_of"] = nullptr;
    out["superseded_by"] = record.load;
  } else if (load && record.proof) {
    report(record, out);
  } else if (mode != Reconcile::off) {
    compare(work, target, record, mode, out);
  }
  out["duration_ms"] = watch.whole_ms();
  return out;
}

}  // namespace orch::replication
