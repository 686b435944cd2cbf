#include "orchestrator/view/verdict.h"

#include <chrono>
#include <ctime>

#include <fmt/format.h>

namespace orch::view {
namespace {

std::chrono::sys_days local_day(Instant at) {
  const auto seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return std::chrono::year{local.tm_year + 1900} /
         std::chrono::month{static_cast<unsigned>(local.tm_mon + 1)} /
         std::chrono::day{static_cast<unsigned>(local.tm_mday)};
}

std::string rows_of_day(const TableNow& table, Instant now) {
  if (!table.loaded) return "no rows";
  const auto days = (local_day(now) - local_day(table.loaded->load->moment())).count();
  if (days <= 0) return "today's rows";
  if (days == 1) return "yesterday's rows";
  return fmt::format("rows of {} days ago", days);
}

// A load whose rows are not what they should be is refused; any other fails.
bool was_refused(const TableBrief& latest) {
  return latest.resource.find("verify") != std::string::npos ||
         latest.resource.find("gate") != std::string::npos;
}

std::string reason_of(const TableBrief& latest) {
  const auto& said = latest.message.empty() ? latest.error : latest.message;
  if (said.empty()) return "the load did not finish";
  return was_refused(latest) ? "the load was refused because " + said : "the load failed: " + said;
}

}  // namespace

Verdict verdict_of(const TableNow& table, Instant now) {
  const auto& latest = table.latest;
  const auto rows = rows_of_day(table, now);
  switch (latest.outcome) {
    case Outcome::waiting:
    case Outcome::running:
    case Outcome::retrying:
      return {"loading", rows + "; a load is under way"};
    case Outcome::aborted:
      return {table.loaded ? "old" : "never", rows + ": the load was stopped"};
    case Outcome::caught:
    case Outcome::failed:
      return {table.loaded ? "old" : "never", fmt::format("{}: {}", rows, reason_of(latest))};
    case Outcome::succeeded:
      break;
  }
  if (!table.loaded) return {"never", "no rows: no load has been published"};
  return {"current", rows};
}

}  // namespace orch::view
