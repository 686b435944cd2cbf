#include "orchestrator/engine/watchers.h"

#include <limits>
#include <utility>

namespace orch::engine {

std::size_t Watchers::Hash::operator()(const Subject& subject) const {
  const auto* run = std::get_if<RunName>(&subject);
  return std::hash<std::string>()(run ? run->id : std::get<ActivityName>(subject).arn);
}

Watchers::Count Watchers::count(const Subject& subject) const {
  return counts_[Hash()(subject) % counts_.size()].load();
}

bool Watchers::add(const Subject& subject, Count seen, const void* owner, Look look) {
  const std::scoped_lock lock(mutex_);
  if (count(subject) != seen) return false;
  auto& queue = queues_[subject];
  const auto waiting = queue.insert(queue.end(), Waiting{owner, std::move(look)});
  places_.insert_or_assign(owner, Place{subject, waiting});
  return true;
}

bool Watchers::take(const void* owner) {
  const std::scoped_lock lock(mutex_);
  const auto place = places_.extract(owner);
  if (!place) return false;
  const auto queue = queues_.find(place.mapped().subject);
  queue->second.erase(place.mapped().waiting);
  if (queue->second.empty()) queues_.erase(queue);
  return true;
}

std::vector<Watchers::Look> Watchers::remove(const Subject& subject, std::size_t most) {
  std::vector<Look> looks;
  const auto queue = queues_.find(subject);
  if (queue == queues_.end()) return looks;
  for (auto& waiting = queue->second; !waiting.empty() && looks.size() < most;) {
    places_.erase(waiting.front().owner);
    looks.push_back(std::move(waiting.front().look));
    waiting.pop_front();
  }
  if (queue->second.empty()) queues_.erase(queue);
  return looks;
}

void Watchers::wake(const Subject& subject, std::size_t most) {
  std::vector<Look> looks;
  {
    const std::scoped_lock lock(mutex_);
    counts_[Hash()(subject) % counts_.size()].fetch_add(1);
    looks = remove(subject, most);
  }
  for (const auto& look : looks) look();
}

void Watchers::wake_one(const Subject& subject) { wake(subject, 1); }

void Watchers::wake_all(const Subject& subject) {
  wake(subject, std::numeric_limits<std::size_t>::max());
}

void Watchers::wake_all() {
  decltype(queues_) all;
  {
    const std::scoped_lock lock(mutex_);
    all.swap(queues_);
    places_.clear();
  }
  for (const auto& [subject, queue] : all)
    for (const auto& waiting : queue) waiting.look();
}

}  // namespace orch::engine
