// The children of Parallel and Map states: branches and iterations.
#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/execution/decider.h"

namespace orch::execution {
namespace {

// Open iterations of a Map without MaxConcurrency. The service stops at about 40; ours are cheap,
// and a larger window needs fewer commits. Bounds the memory of a Map of any length.
constexpr std::int64_t default_window = 1'000;

bool is_map(const ThreadState& owner) {
  return std::holds_alternative<asl::Map>(owner.state->body);
}

[[noreturn]] void refuse_items(const asl::Path& path) {
  std::string_view shown = path.text();
  if (shown.starts_with("$$")) shown.remove_prefix(1);
  throw asl::EvaluationError(
      {"States.Runtime", fmt::format("Reference path \"{}\" must point to array.", shown)});
}

}  // namespace

bool can_start(const ThreadState& owner) {
  const auto& join = *owner.join;
  const auto limit = join.max_concurrency.value_or(default_window);
  return join.started < join.length && std::ssize(owner.children) < limit;
}

Item item_of(const ThreadState& iteration) {
  if (iteration.item) return {iteration.item, {}};
  const auto& items = iteration.parent->join->items.value();
  const auto index = static_cast<std::size_t>(iteration.id.index);
  if (const auto* array = items.if_array()) return {&array->at(index), {}};
  const auto& members = items.as_object();
  if (index >= members.size()) throw std::out_of_range("a Map has fewer items than iterations");
  const auto& entry = members.begin()[index];
  return {&entry.value(), entry.key()};
}

// The thread has left its last state.
void Decider::ended(ThreadState& thread) {
  if (!thread.parent) {
    auto succeeded = event(EventType::execution_succeeded, thread);
    succeeded.payload = thread.payload;
    return emit(std::move(succeeded));
  }
  auto& owner = *thread.parent;
  const auto cause = thread.last;
  if (is_map(owner)) {
    auto succeeded = event(EventType::map_iteration_succeeded, thread);
    succeeded.name = owner.state->name;
    succeeded.number = thread.id.index;
    emit(std::move(succeeded));
  }
  join(owner, cause);
}

// Starts what can start; leaves the state when all children have ended.
void Decider::join(ThreadState& owner, EventId cause) {
  const bool map = is_map(owner);
  if (map) start_iterations(owner, cause);
  if (owner.phase != Phase::joining) return;  // an iteration's input failed
  const auto& children = owner.children;
  const bool complete = map ? owner.join->ended == owner.join->length
                            : std::all_of(children.begin(), children.end(), [](const auto& child) {
                                return child.second->phase == Phase::done;
                              });
  if (!complete) return;
  auto succeeded =
      event(map ? EventType::map_state_succeeded : EventType::parallel_state_succeeded, owner);
  succeeded.previous = map ? owner.last : cause;
  auto result = joined(owner);
  emit(std::move(succeeded));
  finish(owner, result);
}

// What a Map state works on: an array; the members of an object only when it is distributed.
json::Payload Decider::items(ThreadState& thread, const asl::Map& map) {
  auto all = effective_input(thread);
  const auto fits = [&] {
    return all.value().is_array() || (map.distributed && all.value().is_object());
  };
  if (map.items) {
    all = json::Payload::of_value(map.items->evaluate(scope(thread, all.value())));
    const auto* expression = map.items->expression();
    if (expression && !fits()) expression->refuse("array", all.value());
  } else if (map.items_path) {
    all = json::Payload::of_value(map.items_path->evaluate(scope(thread, all.value())));
    // A state alone is refused in other words than one of an execution.
    if (inspection_ && !fits()) refuse_items(*map.items_path);
  }
  note("afterItemsPath", all);
  if (!fits())
    throw asl::EvaluationError(
        {"States.QueryEvaluationError", "Map state input must be an array but was: " + all.text()});
  return all;
}

void Decider::start_iterations(ThreadState& owner, EventId cause) {
  while (can_start(owner)) {
    if (++steps_ > max_steps || bytes_ >= max_bytes) return queue_.push_back(owner.id);
    const auto index = owner.join->started;
    auto started = event(EventType::map_iteration_started, owner);
    started.thread = {owner.entered, index};
    started.previous = cause;
    started.name = owner.state->name;
    started.number = index;
    emit(std::move(started));
    try {
      auto& child = *owner.children.at(index);
      child.payload = item_input(owner, child);
      bytes_ += child.payload.text().size();
      queue_.push_back(child.id);
    } catch (const asl::EvaluationError& error) {
      owner.last = live_.last_event;
      return fail_evaluation(owner, error);
    }
  }
}

// False: it cannot be made, and the Map state has failed.
bool Decider::find_input(ThreadState& iteration) {
  auto& owner = *iteration.parent;
  try {
    iteration.payload = item_input(owner, iteration);
    iteration.input_lost = false;
    return true;
  } catch (const asl::EvaluationError& error) {
    owner.last = live_.last_event;
    fail_evaluation(owner, error);
    return false;
  }
}

json::Payload Decider::item_input(ThreadState& owner, ThreadState& item) {
  const auto& map = std::get<asl::Map>(owner.state->body);
  if (map.item_selector) {
    const auto data = effective_input(owner);
    auto where = scope(item, data.value());
    where.input = &owner.input.value();
    return json::Payload::of_value(map.item_selector->evaluate(where));
  }
  const auto of = item_of(item);
  if (of.key.data() == nullptr) return json::Payload::of_value(*of.value);
  return json::Payload::of_value(boost::json::object{{"Key", of.key}, {"Value", *of.value}});
}

// The array of the children's outputs, in the order of branches or items. Joined as text: the
// pieces were written for the history already.
json::Payload Decider::joined(const ThreadState& owner) const {
  std::string text = "[";
  const auto add = [&](const std::string& piece) {
    if (text.size() > 1) text += ',';
    text += piece;
  };
  if (is_map(owner)) {
    for (const auto& result : owner.join->results) add(result);
  } else {
    for (const auto& [index, child] : owner.children) add(child->payload.text());
  }
  return json::Payload::of_text(text + ']');
}

}  // namespace orch::execution
