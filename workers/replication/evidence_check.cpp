#include "workers/replication/evidence_check.h"

#include "workers/data/plan_json.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

using Result = EvidenceCheck::Result;

/// The plan that the rows of the evidence were encoded by; unset: the table is another by now.
std::optional<data::LoadPlan> plan_of(data::Target& target, const data::PublishedRecord& evidence) {
  auto request = data::request_in(evidence.position);
  if (!request) return std::nullopt;
  request->only_reads = true;
  try {
    auto plan = target.plan(*request);
    if (plan.fingerprint == evidence.fingerprint) return plan;
  } catch (const workers::TaskFailed& failure) {
    if (!failure.error().starts_with("Schema.") && !failure.error().starts_with("Type.")) throw;
  }
  return std::nullopt;
}

void compare_digests(data::Target& target, const std::function<bool()>& stop,
                     EvidenceCheck& check) {
  const auto& evidence = *check.evidence;
  if (!data::facts_of(evidence.strategy).whole_table) return;
  const auto plan = plan_of(target, evidence);
  if (!plan) {
    check.result = Result::unlike;
    return;
  }
  check.found = target.published_digest(*plan, std::nullopt, stop);
  check.digested = true;
  if (check.found != evidence.digest) check.result = Result::digest;
}

EvidenceCheck check_once(data::Target& target, const data::TableName& table, Depth depth,
                         const std::function<bool()>& stop) {
  if (stop()) throw workers::Cancelled();
  EvidenceCheck check;
  check.evidence = target.books(table).published;
  if (!check.evidence) return check;
  check.result = Result::equal;
  const auto rows = target.count_rows(table);
  if (!rows) {
    check.result = Result::gone;
  } else if (check.found.rows = *rows; *rows != check.evidence->total_rows) {
    check.result = Result::count;
  } else if (depth == Depth::digest) {
    compare_digests(target, stop, check);
  }
  return check;
}

}  // namespace

EvidenceCheck check_evidence(data::Target& target, const data::TableName& table, Depth depth,
                             const std::function<bool()>& stop) {
  auto check = check_once(target, table, depth, stop);
  if (!check.evidence || check.result == Result::equal) return check;
  const auto newest = target.books(table).published;
  if (newest && newest->load != check.evidence->load) return check_once(target, table, depth, stop);
  return check;
}

}  // namespace orch::replication
