#include <algorithm>

#include "workers/worker.h"

namespace orch::workers {
namespace {

/// Whether `text` is what `pattern` says; `*` in it stands for any text.
bool fits(std::string_view text, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const auto rest = pattern.substr(star + 1);
  for (auto at = star; at <= text.size(); ++at) {
    if (fits(text.substr(at), rest)) return true;
  }
  return false;
}

}  // namespace

void Registry::add(std::string resource, std::unique_ptr<Worker> worker) {
  workers_.emplace_back(std::move(resource), std::move(worker));
}

void Registry::bind(std::string resource, std::unique_ptr<Worker> worker) {
  bound_.emplace_back(std::move(resource), std::move(worker));
}

Worker* Registry::find(std::string_view resource) const {
  for (const auto* list : {&bound_, &workers_}) {
    const auto found = std::find_if(list->begin(), list->end(),
                                    [&](const auto& entry) { return fits(resource, entry.first); });
    if (found != list->end()) return found->second.get();
  }
  return nullptr;
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
