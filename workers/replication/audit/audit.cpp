#include "workers/replication/audit/audit.h"

#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/replication/as_of.h"
#include "workers/replication/drift.h"
#include "workers/replication/plan_request.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

boost::json::value moment(const AuditReader& side) {
  return as_of(boost::json::object{{"source", side.position()}});
}

boost::json::value told(const std::optional<data::PublishedRecord>& load) {
  if (!load) return nullptr;
  return boost::json::object{{"load", load->load},
                             {"run_name", load->run_name},
                             {"as_of", as_of(load->position)},
                             {"published_at", load->published_at}};
}

boost::json::object to_json(const AuditSide& side) {
  return {{"rows", side.digest.rows}, {"digest", side.digest.hex()}, {"as_of", side.as_of}};
}

boost::json::object to_json(const RowDifference& example) {
  boost::json::object out{{"row", example.row}, {"difference", name_of(example.difference)}};
  if (!example.columns.empty())
    out["columns"] = boost::json::array(example.columns.begin(), example.columns.end());
  return out;
}

}  // namespace

void pause_for(std::chrono::milliseconds pause, const std::function<bool()>& stop) {
  const auto end = std::chrono::steady_clock::now() + pause;
  while (std::chrono::steady_clock::now() < end) {
    if (stop()) throw workers::Cancelled{};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

AuditResult audit(const catalog::Entry& entry, const AuditEnds& ends,
                  const RowComparison::Control& control) {
  const Stopwatch watch;
  const auto table = ends.source.describe(entry.source);
  auto request = make_request(entry, table, ends.source, ends.target);
  request.only_reads = true;
  const auto last = ends.target.last_published(entry.target);
  check_drift(entry, table, request, last);
  const auto plan = ends.target.plan(request);
  if (plan.create)
    throw workers::TaskFailed(
        "Target.TableMissing",
        fmt::format("{}: the target has no table {}", entry.key, entry.target.display()),
        "load the table first", "ORCH-0510");
  AuditReader source(entry, plan, ends.source, ends.target);
  AuditReader target(plan, ends.published(), ends.target);
  RowComparison comparison(source, target, entry.strategy, control);
  const auto sums = comparison.read_whole();
  AuditResult result{
      entry.key, {sums.source, moment(source)}, {sums.target, moment(target)}, {}, told(last)};
  result.found = comparison.settle();
  result.milliseconds = watch.whole_ms();
  return result;
}

boost::json::object to_json(const AuditResult& result) {
  const auto& found = result.found;
  boost::json::array examples;
  for (const auto& example : found.examples) examples.push_back(to_json(example));
  return {{"key", result.key},
          {"equal", result.equal()},
          {"source", to_json(result.source)},
          {"target", to_json(result.target)},
          {"missing", found.missing},
          {"extra", found.extra},
          {"different", found.different},
          {"kept", found.kept},
          {"changing", found.changing},
          {"all", found.all},
          {"examples", std::move(examples)},
          {"last_load", result.last_load},
          {"duration_ms", result.milliseconds}};
}

std::string sentence(const RowDifference& difference) {
  const auto& columns = difference.columns;
  return fmt::format("{} is {}{}{}", difference.row, name_of(difference.difference),
                     columns.empty() ? "" : " in ", fmt::join(columns, ", "));
}

workers::TaskFailed audit_failure(const AuditResult& result) {
  const auto& found = result.found;
  std::vector<std::string> sentences;
  for (const auto& example : found.examples) sentences.push_back(sentence(example));
  return {"Audit.Different",
          fmt::format("{}: source and target differ: {}{} missing, {} extra, {} different{}{}",
                      result.key, found.all ? "" : "at least ", found.missing, found.extra,
                      found.different, sentences.empty() ? "" : ": ", fmt::join(sentences, "; ")),
          "what was written to the source since the last load differs until the next one: load the "
          "table, then compare again",
          "ORCH-0522", to_json(result)};
}

}  // namespace orch::replication
