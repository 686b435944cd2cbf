#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/replication/staged_plan.h"
#include "workers/replication/steps.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

void check_same(const Work& work, const data::Digest& expected, const data::Digest& found) {
  if (found == expected) return;
  throw workers::TaskFailed(
      "Verify.Different",
      fmt::format("{}: the staged rows are not those that were read: found {} rows with digest {}, "
                  "expected {} rows with digest {}",
                  work.entry.key, found.rows, found.hex(), expected.rows, expected.hex()),
      "nothing was published; stage the table again, and report it if it happens twice",
      "ORCH-0501", {{"found", found.hex()}, {"expected", expected.hex()}});
}

boost::json::array results_json(const std::vector<data::CheckResult>& results) {
  boost::json::array out;
  for (const auto& result : results)
    out.push_back(boost::json::object{{"name", result.name},
                                      {"passed", result.passed},
                                      {"found", result.found},
                                      {"expected", result.expected}});
  return out;
}

void check_passed(const Work& work, const std::vector<data::CheckResult>& results) {
  std::vector<std::string> failed;
  for (const auto& result : results)
    if (!result.passed)
      failed.push_back(
          fmt::format("{}: found {}, expected {}", result.name, result.found, result.expected));
  if (failed.empty()) return;
  throw workers::TaskFailed(
      "Check.Failed",
      fmt::format("{}: {} of {} checks failed: {}", work.entry.key, failed.size(), results.size(),
                  fmt::join(failed, "; ")),
      "nothing was published; correct the source or the checks of the catalog entry", "ORCH-0502",
      {{"checks", results_json(results)}});
}

/// Throws TaskFailed "Load.Superseded" when what is staged is not `load`.
void check_staged(const Work& work, const std::optional<data::LoadRecord>& staged,
                  const data::LoadId& load) {
  if (staged && staged->load.id == load.id) return;
  throw workers::TaskFailed(
      "Load.Superseded",
      fmt::format("{}: found {}, expected load {}", work.entry.key,
                  staged ? "load " + staged->load.id : "no staged load", load.id),
      "another run staged the same table; stage it again", "ORCH-0507");
}

Staged staged_load(const Work& work, data::Target& target, const data::LoadId& load) {
  auto staged = staged_plan(work, target);
  check_staged(work, staged ? std::optional(staged->record) : std::nullopt, load);
  return *std::move(staged);
}

/// The failure of check_staged(), if `load` is known to be staged no longer.
std::optional<workers::TaskFailed> superseded(const Work& work, data::Target& target,
                                              const data::LoadId& load) {
  try {
    check_staged(work, target.staged(work.entry.target), load);
  } catch (const workers::TaskFailed& failure) {
    if (failure.error() == "Load.Superseded") return failure;
  }
  return std::nullopt;
}

/// Runs `look` at the staged rows. Another run may stage the table meanwhile: rows that are gone or
/// others are its then, whatever that looks like from here.
template <class Look>
auto at_staged(const Work& work, data::Target& target, const data::LoadId& load, Look&& look) {
  try {
    return std::forward<Look>(look)();
  } catch (const workers::TaskFailed&) {
    if (const auto other = superseded(work, target, load)) throw workers::TaskFailed(*other);
    throw;
  }
}

/// The rows of a load that is unchanged were read back when that was found.
data::Digest read_back(const Work& work, data::Target& target, const Staged& staged) {
  if (staged.record.position.contains("unchanged")) return staged.record.digest;
  return target.staged_digest(staged.plan, [&work] { return work.context.stop_requested(); });
}

}  // namespace

boost::json::object verify(const Work& work, data::Target& target, const boost::json::value& load) {
  const Stopwatch watch;
  const auto id = load_id(work.task, load);
  const Pulse pulse(work, "verifying");
  const auto staged = staged_load(work, target, id);
  const auto& plan = staged.plan;
  const auto results = at_staged(work, target, id, [&] {
    check_same(work, staged.record.digest, read_back(work, target, staged));
    auto checked = target.check(plan, work.entry.checks);
    check_passed(work, checked);
    return checked;
  });
  target.mark_verified(plan, id);
  return {{"key", work.entry.key},
          {"load", id.id},
          {"rows", staged.record.digest.rows},
          {"digest", staged.record.digest.hex()},
          {"checks", results_json(results)},
          {"duration_ms", watch.whole_ms()}};
}

}  // namespace orch::replication
