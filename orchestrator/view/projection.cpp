#include "orchestrator/view/projection.h"

#include <algorithm>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::view {
namespace {

namespace bj = boost::json;
using execution::Event;
using execution::EventType;

// "TaskStateEntered" is of a Task.
std::string state_type(EventType type) {
  const auto name = execution::to_string(type);
  return std::string(name.substr(0, name.find("State")));
}

const bj::object* object_in(const bj::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found ? found->if_object() : nullptr;
}

bool starts_children(EventType type) {
  return type == EventType::map_state_entered || type == EventType::parallel_state_entered;
}

bool is_failure(EventType type) {
  return type == EventType::evaluation_failed || type == EventType::map_state_failed ||
         type == EventType::parallel_state_failed;
}

}  // namespace

std::string key_in(const json::Payload& parameters) {
  // Most tasks of a large map name none; looking at the text is cheaper than parsing it.
  if (parameters.text().find("\"key\"") == std::string::npos) return {};
  const auto* object = parameters.value().if_object();
  if (!object) return {};
  if (const auto* table = object_in(*object, "table")) return json::text_member(*table, "key");
  return json::text_member(*object, "key");
}

void Projection::add(const Event& event) {
  last_event_ = event.id;
  ++overview_.events;
  overview_.last = event.at;
  const auto type = event.type;
  if (is_state_entered(type)) return enter(event);
  if (is_state_exited(type)) return leave(event);
  if (is_failure(type)) return fail(event);
  if (is_execution_end(type)) return end_execution(event);
  if (is_state_aborted(type)) {
    if (auto* at = place(event); at && at->stand == Stand::open) settle(*at, Stand::aborted);
    return;
  }
  switch (task_stage(type)) {
    case execution::TaskStage::scheduled:
      return schedule(event);
    case execution::TaskStage::succeeded:
      return succeed(event);
    case execution::TaskStage::failed:
    case execution::TaskStage::timed_out:
      return fail(event);
    default:
      add_other(event);
  }
}

// What is neither about a state as such nor about its task.
void Projection::add_other(const Event& event) {
  switch (event.type) {
    case EventType::execution_started:
      overview_.started = event.at;
      break;
    case EventType::execution_redriven:
      return redrive(event);
    case EventType::retry_scheduled:
      return retry(event);
    case EventType::map_state_started:
      if (const auto* at = place(event)) overview_.states[at->state].length += event.number;
      break;
    case EventType::map_run_started:
      if (const auto* at = place(event)) overview_.states[at->state].map_runs.push_back(event.id);
      break;
    case EventType::map_iteration_succeeded:
      return end_iteration(event, Outcome::succeeded);
    case EventType::map_iteration_failed:
      return end_iteration(event, Outcome::failed);
    case EventType::map_iteration_aborted:
      return end_iteration(event, Outcome::aborted);
    default:
      break;
  }
}

void Projection::enter(const Event& event) {
  const auto index = state_line(event);
  auto& line = overview_.states[index];
  ++line.entered;
  ++line.running;
  line.last = event.at;
  line.due = event.due;
  auto& at = places_[event.thread] = Place{};
  at.state = index;
  if (starts_children(event.type)) owners_[event.id] = {event.thread, index};
  if (event.type == EventType::fail_state_entered) settle(at, Stand::failed);
}

void Projection::leave(const Event& event) {
  auto* at = place(event);
  if (!at) return;
  auto& line = overview_.states[at->state];
  line.last = event.at;
  line.due.reset();
  if (at->stand == Stand::failed) {
    --line.failed;
    ++line.caught;
  } else {
    settle(*at, Stand::open);
    --line.running;
    ++line.succeeded;
  }
  places_.erase(event.thread);
}

void Projection::schedule(const Event& event) {
  auto* at = place(event);
  if (!at) return;
  settle(*at, Stand::open);
  auto& line = overview_.states[at->state];
  ++line.attempts;
  line.last = event.at;
  line.due.reset();
  at->resource = event.resource;
  if (const auto key = event.payload ? key_in(*event.payload) : std::string(); !key.empty())
    begin_step(*at, event, key);
}

void Projection::begin_step(Place& at, const Event& event, const std::string& key) {
  const auto index = table_line(key);
  auto& table = overview_.tables[index];
  const auto same = [&](const Step& step) { return step.state == event.name; };
  auto found = std::find_if(table.steps.begin(), table.steps.end(), same);
  if (found == table.steps.end()) {
    found = table.steps.insert(found, Step{});
    found->state = event.name;
    found->resource = event.resource;
  } else if (event.number == 0) {  // a new visit, after a resume: what followed is to be done again
    table.steps.erase(found + 1, table.steps.end());
    found->rows.reset();
    found->output.clear();
  }
  if (event.number == 0) found->first = event.at;
  ++found->attempts;
  found->ticket = execution::Ticket{event.id};
  found->outcome = Outcome::running;
  found->last = event.at;
  found->due.reset();
  table.outcome = Outcome::running;
  at.table = index;
  at.step = static_cast<std::size_t>(found - table.steps.begin());
  remember_table(event.thread, index);
}

// A task may run in a Parallel state inside the iteration whose table it works on.
void Projection::remember_table(execution::Thread thread, std::size_t table) {
  while (thread.entered != 0) {
    thread_tables_[thread] = table;
    const auto owner = owners_.find(thread.entered);
    if (owner == owners_.end()) return;
    thread = owner->second.thread;
  }
}

void Projection::succeed(const Event& event) {
  const auto* at = place(event);
  if (!at) return;
  overview_.states[at->state].last = event.at;
  auto* step = step_of(*at);
  const bool ours = at->resource.starts_with("orch:");
  if (!step && !ours) return;
  const bj::object none;
  const auto* output = event.payload ? event.payload->value().if_object() : nullptr;
  if (ours && output) read_output(at->resource, *output);
  if (!step) return;
  step->outcome = Outcome::succeeded;
  step->last = event.at;
  step->output = output ? *output : none;
  if (const auto* rows = step->output.if_contains("rows"); rows && rows->is_int64())
    step->rows = rows->get_int64();
  if (event.thread.entered == 0) overview_.tables[*at->table].outcome = Outcome::succeeded;
}

void Projection::fail(const Event& event) {
  auto* at = place(event);
  if (!at) return;
  settle(*at, Stand::failed);
  auto& line = overview_.states[at->state];
  line.last = event.at;
  if (!event.error && !event.cause) return;
  line.failure = failure_of(event.error, event.cause);
  if (auto* step = step_of(*at)) {
    step->outcome = Outcome::failed;
    step->last = event.at;
    step->failure = line.failure;
    overview_.tables[*at->table].outcome = Outcome::failed;
  }
}

void Projection::retry(const Event& event) {
  auto* at = place(event);
  if (!at) return;
  settle(*at, Stand::open);
  overview_.states[at->state].due = event.due;
  if (auto* step = step_of(*at)) {
    step->outcome = Outcome::retrying;
    step->due = event.due;
    overview_.tables[*at->table].outcome = Outcome::retrying;
  }
}

void Projection::end_iteration(const Event& event, Outcome outcome) {
  if (outcome == Outcome::succeeded) places_.erase(event.thread);
  const auto found = thread_tables_.find(event.thread);
  if (found == thread_tables_.end()) return;
  auto& table = overview_.tables[found->second];
  // An iteration that caught its task's failure has succeeded; its table has not.
  const bool failed = !table.steps.empty() && table.steps.back().outcome == Outcome::failed;
  table.outcome = failed ? Outcome::failed : outcome;
  thread_tables_.erase(found);
}

void Projection::end_execution(const Event& event) {
  const bool success = event.type == EventType::execution_succeeded;
  if (!success) {
    overview_.failure = failure_of(event.error, event.cause);
    if (event.type == EventType::execution_timed_out && overview_.failure->error.empty())
      overview_.failure->error = "States.Timeout";
    const auto root = places_.find(execution::Thread{});
    if (root != places_.end() && root->second.stand == Stand::failed) {
      auto& failure = overview_.states[root->second.state].failure;
      if (!failure) failure = overview_.failure;
    }
  }
  for (auto& [thread, at] : places_)
    if (at.stand == Stand::open) settle(at, Stand::aborted);
  for (auto& table : overview_.tables) {
    const bool open = table.outcome == Outcome::running || table.outcome == Outcome::retrying;
    if (!open) continue;
    table.outcome = success ? Outcome::succeeded : Outcome::aborted;
    auto& step = table.steps.back();
    if (step.outcome == Outcome::running || step.outcome == Outcome::retrying)
      step.outcome = Outcome::aborted;
  }
}

void Projection::redrive(const Event& event) {
  ++overview_.redrives;
  overview_.failure.reset();
  if (event.next) {  // from a chosen state: what was open before is left behind
    for (auto& [thread, at] : places_) {
      settle(at, Stand::open);
      --overview_.states[at.state].running;
    }
    places_.clear();
    owners_.clear();
    return;
  }
  for (const auto& [entered, owner] : owners_) {
    const auto at = places_.find(owner.thread);
    if (at != places_.end() && at->second.state == owner.state) settle(at->second, Stand::open);
  }
}

Projection::Place* Projection::place(const Event& event) {
  const auto found = places_.find(event.thread);
  return found == places_.end() ? nullptr : &found->second;
}

Step* Projection::step_of(const Place& at) {
  return at.table ? &overview_.tables[*at.table].steps[at.step] : nullptr;
}

// Moves the thread's count from where it stood.
void Projection::settle(Place& at, Stand stand) {
  auto& line = overview_.states[at.state];
  const auto counter = [&](Stand which) -> std::int64_t& {
    if (which == Stand::failed) return line.failed;
    return which == Stand::aborted ? line.aborted : line.running;
  };
  --counter(at.stand);
  ++counter(stand);
  at.stand = stand;
}

std::size_t Projection::state_line(const Event& event) {
  const auto [found, made] = states_.try_emplace(event.name, overview_.states.size());
  if (made) {
    StateLine line;
    line.name = event.name;
    line.type = state_type(event.type);
    line.first = event.at;
    if (const auto owner = owners_.find(event.thread.entered); owner != owners_.end())
      line.depth = overview_.states[owner->second.state].depth + 1;
    overview_.states.push_back(std::move(line));
  }
  return found->second;
}

std::size_t Projection::table_line(const std::string& key) {
  const auto [found, made] = tables_.try_emplace(key, overview_.tables.size());
  if (made) overview_.tables.push_back({key, Outcome::waiting, {}});
  return found->second;
}

void Projection::read_output(const std::string& resource, const bj::object& output) {
  const auto list = [&](const char* name) {
    const auto* found = output.if_contains(name);
    const auto* array = found ? found->if_array() : nullptr;
    return array ? *array : bj::array();
  };
  if (resource == "orch:catalog") {
    for (const auto& entry : list("tables"))
      if (const auto* table = entry.if_object())
        if (const auto key = json::text_member(*table, "key"); !key.empty()) table_line(key);
  } else if (resource == "orch:health") {
    overview_.connections.clear();
    for (const auto& entry : list("connections")) {
      const auto* seen = entry.if_object();
      if (!seen) continue;
      ConnectionLine line{json::text_member(*seen, "name"),
                          json::text_member(*seen, "engine"),
                          json::text_member(*seen, "status"),
                          json::text_member(*seen, "reason"),
                          {}};
      if (const auto* ms = seen->if_contains("latency_ms"); ms && ms->is_number())
        line.latency_ms = ms->to_number<double>();
      overview_.connections.push_back(std::move(line));
    }
  } else if (resource == "orch:report") {
    overview_.files.clear();
    for (const auto& file : list("files"))
      if (file.is_string()) overview_.files.emplace_back(file.get_string());
  }
}

}  // namespace orch::view
