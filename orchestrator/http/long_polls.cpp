#include "orchestrator/http/long_polls.h"

#include <vector>

namespace orch::http {

std::atomic<LongPolls::Count>& LongPolls::counter(std::string_view subject) {
  return counts_[std::hash<std::string_view>()(subject) % counts_.size()];
}

LongPolls::Count LongPolls::count(std::string_view subject) const {
  return counts_[std::hash<std::string_view>()(subject) % counts_.size()].load();
}

bool LongPolls::park(const std::string& subject, Count seen, const void* owner, Look look) {
  const std::scoped_lock lock(mutex_);
  if (counter(subject).load() != seen) return false;
  parked_.emplace(subject, Parked{owner, std::move(look)});
  return true;
}

bool LongPolls::take(const void* owner) {
  const std::scoped_lock lock(mutex_);
  for (auto each = parked_.begin(); each != parked_.end(); ++each) {
    if (each->second.owner != owner) continue;
    parked_.erase(each);
    return true;
  }
  return false;
}

void LongPolls::ring(const std::string& subject) {
  std::vector<Look> looks;
  {
    const std::scoped_lock lock(mutex_);
    counter(subject).fetch_add(1);
    const auto [first, last] = parked_.equal_range(subject);
    for (auto each = first; each != last; ++each) looks.push_back(std::move(each->second.look));
    parked_.erase(first, last);
  }
  for (const auto& look : looks) look();
}

void LongPolls::ring_all() {
  std::unordered_multimap<std::string, Parked> all;
  {
    const std::scoped_lock lock(mutex_);
    all.swap(parked_);
  }
  for (const auto& [subject, parked] : all) parked.look();
}

}  // namespace orch::http
