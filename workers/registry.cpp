#include <algorithm>

#include "workers/worker.h"

namespace orch::workers {

void Registry::add(std::string resource, std::unique_ptr<Worker> worker) {
  workers_.emplace_back(std::move(resource), std::move(worker));
}

Worker* Registry::find(std::string_view resource) const {
  const auto found = std::find_if(workers_.begin(), workers_.end(), [&](const auto& entry) {
    const std::string_view name = entry.first;
    return name.ends_with('*') ? resource.starts_with(name.substr(0, name.size() - 1))
                               : name == resource;
  });
  return found == workers_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Registry::resources() const {
  std::vector<std::string> names;
  for (const auto& entry : workers_) names.push_back(entry.first);
  return names;
}

Outside& Registry::outside() const {
  if (outside_) return *outside_;
  throw TaskFailed("Resource.Unknown", "nothing here reads or writes items of distributed Maps", "",
                   "ORCH-0204");
}

}  // namespace orch::workers
