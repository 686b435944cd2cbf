#include "orchestrator/engine/fair_queue.h"

namespace orch::engine {

FairQueue::Turn FairQueue::turn_of(const std::pair<const GroupKey, Group>& group) {
  const auto& [at_work, arrival, run] = *group.second.ready.begin();
  return {group.first.first, group.second.at_work, at_work, arrival, &group.first};
}

template <class Change>
void FairQueue::change(const GroupKey& key, store::ExecutionId id, const Change& change) {
  auto& entry = *groups_.try_emplace(key).first;
  auto& group = entry.second;
  auto& run = group.runs[id];
  if (!group.ready.empty()) ready_.erase(turn_of(entry));
  if (!run.waiting.empty()) group.ready.erase({run.at_work, run.waiting.front().first, id});
  const auto before = run.at_work;
  change(run);
  group.at_work += run.at_work - before;
  if (!run.waiting.empty() && run.at_work < most_of_one_)
    group.ready.insert({run.at_work, run.waiting.front().first, id});
  if (!group.ready.empty()) ready_.insert(turn_of(entry));
  if (run.waiting.empty() && run.at_work == 0) group.runs.erase(id);
  if (group.runs.empty()) groups_.erase(key);
}

void FairQueue::add(std::shared_ptr<Delivery> delivery) {
  const auto& made = *delivery;
  change(group_of(made), made.run,
         [&](Run& run) { run.waiting.emplace_back(arrivals_++, std::move(delivery)); });
}

std::shared_ptr<Delivery> FairQueue::take() {
  const auto key = *std::get<const GroupKey*>(*ready_.begin());
  const auto id = std::get<store::ExecutionId>(*groups_.at(key).ready.begin());
  std::shared_ptr<Delivery> delivery;
  change(key, id, [&](Run& run) {
    delivery = std::move(run.waiting.front().second);
    run.waiting.pop_front();
    ++run.at_work;
  });
  return delivery;
}

void FairQueue::done(const Delivery& delivery) {
  change(group_of(delivery), delivery.run, [](Run& run) { --run.at_work; });
}

void FairQueue::clear() {
  ready_.clear();
  for (auto group = groups_.begin(); group != groups_.end();) {
    auto& runs = group->second.runs;
    group->second.ready.clear();
    for (auto& [id, run] : runs) run.waiting.clear();
    std::erase_if(runs, [](const auto& run) { return run.second.at_work == 0; });
    group = runs.empty() ? groups_.erase(group) : std::next(group);
  }
}

}  // namespace orch::engine
