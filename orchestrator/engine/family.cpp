#include "orchestrator/engine/family.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::engine {

std::optional<store::ExecutionId> elder_of(const store::ExecutionRow& row) {
  if (row.made.parent) return row.made.parent->execution;
  if (row.made.starter && row.made.starter->waits) return row.made.starter->execution;
  return std::nullopt;
}

std::optional<store::ExecutionId> beginner_of(const store::ExecutionRow& row) {
  if (row.made.parent) return row.made.parent->execution;
  if (row.made.starter) return row.made.starter->execution;
  return std::nullopt;
}

std::optional<store::ExecutionRow> paused_elder(store::Store& store,
                                                const store::ExecutionRow& row) {
  auto each = row;
  while (!each.paused_at) {
    const auto elder = elder_of(each);
    if (!elder) return std::nullopt;
    each = store.find(*elder);
  }
  return each;
}

std::vector<store::ExecutionRow> parts_of(store::Store& store, const store::ExecutionRow& run) {
  store::ListFilter filter;
  filter.status = execution::Status::running;
  filter.limit = -1;
  filter.children = true;
  auto running = store.list(filter);
  std::set<store::ExecutionId> known{run.id};
  std::vector<store::ExecutionRow> found;
  // Elders are older, and the newest come first.
  for (auto row = running.rbegin(); row != running.rend(); ++row) {
    const auto elder = elder_of(*row);
    if (!elder || !known.contains(*elder)) continue;
    known.insert(row->id);
    found.push_back(std::move(*row));
  }
  return found;
}

std::vector<store::ExecutionRow> parts_aside(store::Store& store, const store::ExecutionRow& run) {
  constexpr std::size_t most = 10;
  store::ListFilter filter;
  filter.status = execution::Status::running;
  filter.paused = filter.children = true;
  filter.limit = -1;
  auto rows = store.list(filter);
  std::erase_if(rows, [&](const store::ExecutionRow& row) {
    return !row.set_aside || elder_of(row) != run.id;
  });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

void refuse(const store::ExecutionRow& row, const std::string& why, const std::string& hint) {
  throw Error("ORCH-0205", fmt::format("run {} {}", row.made.run_id, why), hint);
}

}  // namespace orch::engine
