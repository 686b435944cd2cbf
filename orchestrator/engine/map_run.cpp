#include "orchestrator/engine/map_run.h"

#include <algorithm>

#include "orchestrator/asl/failure.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

// Children at a time when the definition names no limit: the service's own is 10,000.
constexpr std::int64_t default_window = 1'000;
constexpr std::int64_t widest_window = 10'000;

std::int64_t number(const bj::object& object, const char* name, std::int64_t missing) {
  const auto* value = object.if_contains(name);
  return value && value->is_int64() ? value->get_int64() : missing;
}

[[noreturn]] void refuse(const char* error, const char* cause) {
  throw asl::EvaluationError({error, cause});
}

/// The object of the state `name`, wherever it stands; null when there is none.
const bj::object* find_state(const bj::object& flow, const std::string& name) {
  const auto* states = flow.if_contains("States");
  if (!states || !states->is_object()) return nullptr;
  for (const auto& [key, value] : states->get_object()) {
    const auto* state = value.if_object();
    if (!state) continue;
    if (key == name) return state;
    for (const char* field : {"ItemProcessor", "Iterator"}) {
      const auto* processor = state->if_contains(field);
      if (!processor || !processor->is_object()) continue;
      if (const auto* found = find_state(processor->get_object(), name)) return found;
    }
    const auto* branches = state->if_contains("Branches");
    if (!branches || !branches->is_array()) continue;
    for (const auto& branch : branches->get_array()) {
      if (const auto* found = find_state(branch.as_object(), name)) return found;
    }
  }
  return nullptr;
}

}  // namespace

bool MapRun::exceeded() const {
  if (!tolerated_count && !tolerated_percentage) return failed > 0;
  // Either limit alone ends the map run.
  if (tolerated_count && failed > *tolerated_count) return true;
  return tolerated_percentage && 100.0 * static_cast<double>(failed) >
                                     *tolerated_percentage * static_cast<double>(length());
}

MapRun read_plan(const machine::OpenTask& task, std::int64_t items) {
  const auto& plan = task.parameters.value().as_object();
  if (plan.contains("reader"))
    refuse("States.ItemReaderFailed",
           "this version reads the items of a distributed Map from the state's input only");
  if (plan.contains("writer"))
    refuse("States.ResultWriterFailed",
           "this version writes the results of a distributed Map to the state's output only");
  MapRun run;
  run.name = task.resource.text;
  run.most_running = std::min(number(plan, "max_concurrency", default_window), widest_window);
  if (const auto* count = plan.if_contains("tolerated_count"))
    run.tolerated_count = count->to_number<std::int64_t>();
  if (const auto* share = plan.if_contains("tolerated_percentage"))
    run.tolerated_percentage = share->to_number<double>();
  std::int64_t size = 1;
  if (const auto* batcher = plan.if_contains("batcher")) {
    const auto& config = batcher->as_object();
    run.batched = true;
    size = number(config, "max_items", items);
    if (const auto* input = config.if_contains("batch_input"); input && input->is_object())
      run.batch_input = input->get_object();
  }
  for (std::int64_t first = 0; first < items; first += size)
    run.parts.push_back({first, std::min(first + size, items)});
  return run;
}

std::string child_definition(const std::string& definition, const std::string& state) {
  const auto document = json::parse(definition);
  const auto& whole = document.as_object();
  const auto& map = *find_state(whole, state);
  const auto* processor = map.if_contains("ItemProcessor");
  if (!processor) processor = map.if_contains("Iterator");
  bj::object child;
  if (const auto* language = whole.if_contains("QueryLanguage")) child["QueryLanguage"] = *language;
  for (const auto& [name, value] : processor->as_object()) {
    if (name != "ProcessorConfig") child.insert_or_assign(name, value);
  }
  return json::write(child);
}

}  // namespace orch::engine
