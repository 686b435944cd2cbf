#include "orchestrator/engine/deliveries.h"

#include <utility>

namespace orch::engine {

void Deliveries::add(const std::shared_ptr<Delivery>& delivery) {
  by_run_[delivery->execution].insert_or_assign(static_cast<execution::EventId>(delivery->ticket),
                                                delivery);
  ++in_flight_;
  announced_ += delivery->announced ? 1 : 0;
}

Delivery* Deliveries::find(store::ExecutionId run, execution::Ticket ticket) const {
  const auto tasks = by_run_.find(run);
  if (tasks == by_run_.end()) return nullptr;
  const auto found = tasks->second.find(static_cast<execution::EventId>(ticket));
  return found == tasks->second.end() ? nullptr : found->second.get();
}

void Deliveries::settle(const Delivery& delivery) {
  --in_flight_;
  announced_ -= delivery.announced ? 1 : 0;
  // A run that was let go and taken up again may have handed the same task out anew.
  if (find(delivery.execution, delivery.ticket) != &delivery) return;
  const auto tasks = by_run_.find(delivery.execution);
  tasks->second.erase(static_cast<execution::EventId>(delivery.ticket));
  if (tasks->second.empty()) by_run_.erase(tasks);
}

void Deliveries::let_go_closed(const Active& run) {
  const auto tasks = by_run_.find(run.row.id);
  if (tasks == by_run_.end()) return;
  std::erase_if(tasks->second, [&](const auto& entry) {
    if (run.execution.is_open(entry.second->ticket)) return false;
    entry.second->request_stop();
    return true;
  });
  if (tasks->second.empty()) by_run_.erase(tasks);
}

void Deliveries::let_go(store::ExecutionId run) {
  const auto tasks = by_run_.extract(run);
  if (!tasks) return;
  for (const auto& [ticket, delivery] : tasks.mapped()) delivery->request_stop();
}

void Deliveries::request_stop() {
  for (const auto& [run, tasks] : by_run_)
    for (const auto& [ticket, delivery] : tasks) delivery->request_stop();
}

void Deliveries::announce(Delivery& delivery) {
  announced_ += std::exchange(delivery.announced, true) ? 0 : 1;
}

void Deliveries::undo_announced(store::ExecutionId run) {
  const auto tasks = by_run_.find(run);
  if (tasks == by_run_.end()) return;
  for (const auto& [ticket, delivery] : tasks->second)
    announced_ -= std::exchange(delivery->announced, false) ? 1 : 0;
}

}  // namespace orch::engine
