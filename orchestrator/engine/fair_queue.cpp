#include "orchestrator/engine/fair_queue.h"

namespace orch::engine {

void FairQueue::remove(store::ExecutionId id, const Run& run) {
  if (!run.waiting.empty()) ready_.erase({run.at_work, run.waiting.front().first, id});
}

void FairQueue::place(store::ExecutionId id, const Run& run) {
  if (!run.waiting.empty()) ready_.insert({run.at_work, run.waiting.front().first, id});
}

void FairQueue::add(std::shared_ptr<Delivery> delivery) {
  const auto id = delivery->run;
  auto& run = runs_[id];
  const bool first = run.waiting.empty();
  run.waiting.emplace_back(arrivals_++, std::move(delivery));
  if (first) place(id, run);
}

bool FairQueue::ready() const {
  return !ready_.empty() && std::get<0>(*ready_.begin()) < most_of_one_;
}

std::shared_ptr<Delivery> FairQueue::take() {
  const auto id = std::get<2>(*ready_.begin());
  auto& run = runs_.at(id);
  remove(id, run);
  auto delivery = std::move(run.waiting.front().second);
  run.waiting.pop_front();
  ++run.at_work;
  place(id, run);
  return delivery;
}

void FairQueue::done(const Delivery& delivery) {
  const auto found = runs_.find(delivery.run);
  auto& run = found->second;
  remove(found->first, run);
  --run.at_work;
  place(found->first, run);
  if (run.at_work == 0 && run.waiting.empty()) runs_.erase(found);
}

void FairQueue::clear() {
  ready_.clear();
  for (auto run = runs_.begin(); run != runs_.end();) {
    run->second.waiting.clear();
    run = run->second.at_work == 0 ? runs_.erase(run) : std::next(run);
  }
}

}  // namespace orch::engine
