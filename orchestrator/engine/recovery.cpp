#include "orchestrator/engine/recovery.h"

#include <algorithm>
#include <set>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {
namespace {

constexpr int most_deaths = 2;

}  // namespace

void Recovery::run() {
  auto rows = running();
  look_back(rows);
  std::set<store::ExecutionId> known;  // with those that cannot be continued: they may be mended
  std::set<store::ExecutionId> resting;
  for (const auto& row : rows) {
    known.insert(row.id);
    const auto elder = elder_of(row);
    const bool rests = row.paused_at || (elder && resting.contains(*elder));
    if (rests || !take_up(row)) resting.insert(row.id);
  }
  runs_.turn.commit();
  runs_.followers.recovered(known);
}

// The oldest first: elders come before their parts.
std::vector<store::ExecutionRow> Recovery::running() {
  store::ListFilter filter;
  filter.status = execution::Status::running;
  filter.limit = -1;
  filter.children = true;
  auto rows = runs_.store.list(filter);
  std::reverse(rows.begin(), rows.end());
  return rows;
}

bool Recovery::take_up(const store::ExecutionRow& row) {
  try {
    const auto& run = runs_.executions.load(row);
    log::info({{"run", row.made.run_id}}, "continues after event {}", run.execution.last_event());
    return true;
  } catch (...) {
    leave_out(row);
    return false;
  }
}

// Inside a catch block.
void Recovery::leave_out(const store::ExecutionRow& row) {
  try {
    runs_.isolation.set_aside(row, own_fault());
  } catch (const std::exception& error) {
    log::error({{"run", row.made.run_id}}, "cannot be continued: {}", error.what());
  }
}

// Before anything is decided: the runs over which two processes in a row have died are set aside.
// Several are decided at a time when some of them take long, and each of them may be the one: those
// are tried one at a time from now on.
void Recovery::look_back(std::vector<store::ExecutionRow>& running) {
  const auto& left = runs_.store.under_decision().left_behind();
  const auto before = runs_.store.suspects();
  std::vector<store::Suspect> suspects;
  for (auto& row : running) {
    if (std::ranges::find(left, row.id) == left.end()) continue;
    const auto known = std::ranges::find(before, row.id, &store::Suspect::run);
    const auto deaths = known == before.end() ? 1 : known->deaths + 1;
    log::warn({{"run", row.made.run_id}, {"deaths", deaths}},
              "was being decided when the process before this one died");
    if (deaths < most_deaths) {
      suspects.push_back({row.id, deaths});
      continue;
    }
    runs_.isolation.set_aside(row, "two processes in a row died while it was being decided");
    row.paused_at = runs_.turn.now();
  }
  std::ranges::sort(suspects, {}, &store::Suspect::run);
  if (suspects != before) runs_.turn.transaction().set_suspects(suspects);
  runs_.turn.commit();
  runs_.decisions.suspect(std::move(suspects));
}

}  // namespace orch::engine
