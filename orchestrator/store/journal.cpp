#include "orchestrator/store/journal.h"

#include <stdexcept>

#include "orchestrator/json/text.h"

namespace orch::store {

std::vector<execution::Event> events_of(const JournalEntry& entry) {
  const auto list = json::parse(entry.events);
  if (!list.is_array()) throw std::runtime_error("the events of a run are no JSON array");
  std::vector<execution::Event> events;
  events.reserve(list.get_array().size());
  for (const auto& item : list.get_array()) events.push_back(execution::event_from_json(item));
  return events;
}

}  // namespace orch::store
