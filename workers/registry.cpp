#include <algorithm>
#include <utility>

#include "workers/fits.h"
#include "workers/project_folder.h"
#include "workers/worker.h"

namespace orch::workers {
namespace {

/// Asks the task's policy first.
class Guarded final : public Worker {
 public:
  explicit Guarded(std::unique_ptr<Worker> inner) : inner_(std::move(inner)) {}

  boost::json::value run(const Task& task, TaskContext& context) override {
    if (task.access) {
      for (const auto& demand : access::demands_of(task.resource, task.input))
        deny(task.access->refuse(demand, project_folder(task.connections)));
    }
    return inner_->run(task, context);
  }

 private:
  std::unique_ptr<Worker> inner_;
};

using Entry = std::pair<std::string, std::unique_ptr<Worker>>;

Worker* serving(const std::vector<Entry>& list, std::string_view resource) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const auto& entry) { return fits(resource, entry.first); });
  return found == list.end() ? nullptr : found->second.get();
}

}  // namespace

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

void Registry::add(std::string resource, std::unique_ptr<Worker> worker) {
  workers_.emplace_back(std::move(resource), std::make_unique<Guarded>(std::move(worker)));
}

void Registry::bind(std::string resource, std::unique_ptr<Worker> worker) {
  bound_.emplace_back(std::move(resource), std::move(worker));
}

Worker* Registry::find(std::string_view resource) const {
  auto* bound = serving(bound_, resource);
  return bound ? bound : serving(workers_, resource);
}

bool Registry::is_bound(std::string_view resource) const {
  return serving(bound_, resource) != nullptr;
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
