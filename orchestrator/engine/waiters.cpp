#include "orchestrator/engine/waiters.h"

#include <optional>
#include <utility>

namespace orch::engine {

store::ExecutionRow Waiters::wait(const std::string& run_id) {
  const auto promise = std::make_shared<std::promise<store::ExecutionRow>>();
  auto future = promise->get_future();
  const auto ended = commands_
                         .ask<std::optional<store::ExecutionRow>>([&] {
                           auto row = std::optional(runs_.store.find_unchecked(run_id));
                           if (!runs_.executions.take_up(*row)) return row;
                           waiting_[row->id].insert(promise);
                           return std::optional<store::ExecutionRow>();
                         })
                         .get();
  return ended ? *ended : future.get();
}

void Waiters::wait_idle() {
  const auto promise = std::make_shared<std::promise<void>>();
  auto future = promise->get_future();
  commands_.tell([&] { waiting_idle_.insert(promise); });
  future.get();
}

void Waiters::carry_out() {
  if (!runs_.executions.empty()) return;
  for (const auto& promise : std::exchange(waiting_idle_, {})) promise->set_value();
}

void Waiters::closed(const std::exception_ptr& reason) {
  for (const auto& [run, promises] : std::exchange(waiting_, {}))
    for (const auto& promise : promises) promise->set_exception(reason);
  for (const auto& promise : std::exchange(waiting_idle_, {})) promise->set_exception(reason);
}

void Waiters::ended(Active& run) {
  const auto waiting = waiting_.extract(run.row.id);
  if (!waiting) return;
  for (const auto& promise : waiting.mapped()) promise->set_value(run.row);
}

// Only of a run that is set aside: one whose first turn failed begins again.
void Waiters::dropped(const Active& run, const std::exception_ptr& why) {
  if (!why) return;
  const auto waiting = waiting_.extract(run.row.id);
  if (!waiting) return;
  for (const auto& promise : waiting.mapped()) promise->set_exception(why);
}

}  // namespace orch::engine
