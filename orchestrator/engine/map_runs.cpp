// Distributed maps: starts children as the window allows, and tells the parent how they ended.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/engine/ask.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

constexpr std::int64_t page_length = 500;  // children that a result job gets at a time

/// "arn:…:execution:MACHINE:NAME" of the parent gives the child's; empty when there is none.
store::ServiceLink child_link(const store::ServiceLink& parent, const std::string& label,
                              const std::string& name) {
  auto link = parent;
  link.alias.clear();
  link.version.reset();
  if (parent.arn.empty()) return link;
  link.arn = fmt::format("{}/{}:{}", parent.arn.substr(0, parent.arn.rfind(':')), label, name);
  link.machine_arn = parent.machine_arn + "/" + label;
  return link;
}

std::string map_run_arn(const store::NewExecution& made, const std::string& name) {
  return store::map_run_arn(store::machine_arn(made), name);
}

workers::ChildResult shown(const store::ExecutionRow& row) {
  workers::ChildResult child;
  child.arn = store::execution_arn(row.made);
  child.name = row.made.name;
  child.machine_arn = store::machine_arn(row.made);
  child.input = row.made.input;
  child.output = row.output;
  child.error = row.error.value_or("");
  child.cause = row.cause.value_or("");
  child.status = to_string(row.status);
  child.redrive_count = row.redrive_count;
  child.started_at = row.made.started_at;
  child.ended_at = row.ended_at.value_or(row.made.started_at);
  return child;
}

/// What the writer has left, when it has ended. A failure of the writer fails the run, unless the
/// run has failed before.
std::optional<boost::json::value> written(const ResultJob& results, MapRun& run) {
  try {
    return results.result();
  } catch (const workers::TaskFailed& error) {
    if (!run.failure) run.failure = asl::Failure{error.error(), error.cause()};
    return boost::json::value();
  }
}

/// The state's result: where the files are, or the results themselves.
boost::json::value details_of(const store::NewExecution& made, const MapRun& run,
                              boost::json::value details) {
  if (!details.is_object()) return details;
  return boost::json::object{{"MapRunArn", map_run_arn(made, run.name)},
                             {"ResultWriterDetails", std::move(details)}};
}

}  // namespace

void Engine::Core::queue_map_run(store::ExecutionId parent, execution::Ticket ticket) {
  waiting_map_runs_.emplace_back(parent, ticket);
}

void Engine::Core::begin_map_run(Active& active, const execution::OpenTask& task) {
  active.open_map_runs.insert_or_assign(task.map_run_id, task.ticket);
  queue_map_run(active.row.id, task.ticket);
}

// Called on threads of feeds and result jobs. A wake must not get lost.
std::function<void()> Engine::Core::map_run_waker(store::ExecutionId parent,
                                                  execution::Ticket ticket) {
  return [this, parent, ticket] {
    const auto wake = [this, parent, ticket] { queue_map_run(parent, ticket); };
    try {
      post(Command{wake, [] {}, [wake](const std::exception_ptr&) { wake(); }});
    } catch (const std::exception&) {
      // The engine has stopped; the next one reads on.
    }
  };
}

// After everybody's news, within the bound of a turn.
void Engine::Core::continue_map_runs() {
  for (auto count = waiting_map_runs_.size(); count > 0 && !turn_is_full(map_runs_share); --count) {
    const auto [parent, ticket] = waiting_map_runs_.front();
    waiting_map_runs_.pop_front();
    within(parent, [&, run = parent, id = ticket] {
      auto* active = find(run);
      const auto task = active ? active->execution.open_task(id) : std::nullopt;
      if (task) continue_map_run(*active, *task);
    });
  }
}

void Engine::Core::continue_map_run(Active& active, const execution::OpenTask& task) {
  // Before the first item is taken: should the store fail in mid turn, the children are counted
  // anew.
  touch(active);
  const store::UnderDecision::Mark mark(store_.under_decision(), active.row.id);
  auto& run = map_run(active, task);
  try {
    open_feed(active, task, run);
    if (!run.failure && run.exceeded())
      fail_map_run(active, run,
                   {"States.ExceedToleratedFailureThreshold",
                    "The specified tolerated failure threshold was exceeded"});
    if (!run.failure) start_children(active, task, run);
    if (run.finished()) complete_map_run(active, task, run);
  } catch (const asl::EvaluationError& error) {
    fail_map_run(active, run, error.failure());
    if (run.finished()) complete_map_run(active, task, run);
  } catch (const workers::TaskFailed& error) {
    fail_map_run(active, run, {error.error(), error.cause()});
    if (run.finished()) complete_map_run(active, task, run);
  }
}

// Every child has ended: the results go where they belong, then the state goes on.
void Engine::Core::complete_map_run(Active& active, const execution::OpenTask& task, MapRun& run) {
  auto output = json::Payload::of_text("[]");
  if (!run.writer.empty() && run.next_child > 0) {
    if (!run.results)
      run.results = make_leavable<ResultJob>(
          background_, registry_.outside(), run.writer, access_of(active),
          map_run_arn(active.row.made, run.name), map_run_waker(active.row.id, task.ticket));
    if (run.results->wants_page()) {
      std::vector<workers::ChildResult> page;
      for (const auto& child :
           store_.children(active.row.id, run.id, run.results->next_child(), page_length))
        page.push_back(shown(child));
      run.results->give(std::move(page));
    }
    auto details = written(*run.results, run);
    if (!details) return;
    output = json::Payload::of_value(details_of(active.row.made, run, std::move(*details)));
  } else if (!run.failure) {
    output = json::Payload::of_text(store_.child_outputs(active.row.id, run.id));
  }
  const auto failure = run.failure;
  active.open_map_runs.erase(run.id);
  active.map_runs.erase(run.id);
  if (failure) return stimulate(active, execution::TaskBroken{task.ticket, *failure});
  stimulate(active, execution::TaskDone{task.ticket, std::move(output)});
}

// In memory, or counted anew from the children's rows: after a restart or a failed commit.
MapRun& Engine::Core::map_run(Active& active, const execution::OpenTask& task) {
  const auto known = active.map_runs.find(task.map_run_id);
  if (known != active.map_runs.end() && known->second.ticket == task.ticket) return known->second;
  fault::point("engine.map_run");
  auto run = read_plan(task);
  if (const auto row = store_.find_map_run(run.name))
    apply(row->limits, run);
  else
    transaction().keep_map_run({run.name, active.row.id, run.id});
  const auto text =
      child_definition(store_.definition(active.row.made.definition_hash), task.state);
  run.definition_hash = store::definition_hash(text);
  if (!workflows_.contains(run.definition_hash)) {
    keep_workflow(run.definition_hash, asl::parse_or_throw(text, task.state));
  }
  transaction().keep_definition(run.definition_hash, text);
  count_children(active, run);
  if (task.redriven_at) {
    const auto redriven = static_cast<execution::EventId>(task.ticket);
    for (auto& child : store_.failed_children(active.row.id, run.id, redriven))
      run.to_redrive.push_back(std::move(child));
    for (const auto& child : run.to_redrive)
      run.failed_items -= store_.find(child).made.parent->items;
  }
  return active.map_runs.insert_or_assign(run.id, std::move(run)).first->second;
}

void Engine::Core::open_feed(Active& active, const execution::OpenTask& task, MapRun& run) {
  if (run.feed || run.length || run.failure) return;
  const auto* reader = task.parameters.value().as_object().if_contains("reader");
  if (!reader) return set_length(run, active.execution.item_count(task.ticket));
  run.feed = make_leavable<ItemFeed>(background_, registry_.outside(), reader->as_object(),
                                     access_of(active), run.next_item,
                                     map_run_waker(active.row.id, task.ticket));
}

void Engine::Core::set_length(MapRun& run, std::int64_t items) {
  if (run.length) return;
  run.length = items;
  transaction().set_map_run_items(run.name, items);
}

void Engine::Core::update_map_run(const std::string& name, const store::MapRunLimits& limits) {
  ask<bool>([&] { return do_update_map_run(name, limits); }).get();
}

bool Engine::Core::do_update_map_run(const std::string& name, const store::MapRunLimits& limits) {
  const auto row = store_.find_map_run(name);
  if (!row) throw Error("ORCH-0203", fmt::format("no map run \"{}\"", name));
  auto* active = find(row->execution);
  const auto tasks = active ? active->execution.open_tasks() : std::vector<execution::OpenTask>();
  const auto task = std::find_if(tasks.begin(), tasks.end(), [&](const auto& open) {
    return open.map_run && open.map_run_id == row->event;
  });
  if (task == tasks.end()) throw Error("ORCH-0205", fmt::format("map run {} is over", name));
  transaction().set_map_run_limits(name, limits);
  touch(*active);
  if (const auto known = active->map_runs.find(row->event); known != active->map_runs.end())
    apply(limits, known->second);
  queue_map_run(row->execution, task->ticket);
  return true;
}

void Engine::Core::count_children(Active& active, MapRun& run) {
  for (const auto& counts : store_.count_children(active.row.id, run.id)) {
    run.next_child += counts.children;
    run.next_item += counts.items;
    if (counts.status == execution::Status::running)
      run.running += counts.children;
    else if (counts.status != execution::Status::succeeded)
      run.failed_items += counts.items;
  }
}

void Engine::Core::start_children(Active& active, const execution::OpenTask& task, MapRun& run) {
  while (run.may_start() && !turn_is_full(map_runs_share)) {
    if (!run.to_redrive.empty()) {
      redrive_child(run);
    } else if (fill_batch(active, run)) {
      start_child(active, run);
    } else {
      return;  // the end of the items, or the feed tells when there are more
    }
  }
  if (turn_is_full(map_runs_share)) queue_map_run(active.row.id, task.ticket);
}

// True when the next child's input is complete.
bool Engine::Core::fill_batch(Active& active, MapRun& run) {
  while (!run.batch.full(run.batching)) {
    auto item = next_input(active, run);
    if (!item) return run.batch.items() > 0 && run.length;
    run.batch.add(item->text(), run.batching);
  }
  return true;
}

// What the next item is to its child.
std::optional<json::Payload> Engine::Core::next_input(Active& active, MapRun& run) {
  std::optional<json::Payload> outside;
  if (run.feed) {
    auto item = run.feed->take();
    if (!item) {
      if (run.feed->ended()) set_length(run, run.next_item);
      return std::nullopt;
    }
    outside = json::Payload::of_text(std::move(*item));
  } else if (run.next_item == *run.length) {
    return std::nullopt;
  }
  return active.execution.item_input({now_, secrets_.next_bits(), execution::Continue{}},
                                     run.ticket, run.next_item++, outside ? &*outside : nullptr);
}

void Engine::Core::start_child(Active& active, MapRun& run) {
  fault::point("engine.child");
  const auto label = run.name.substr(0, run.name.find(':'));
  store::ExecutionRow row;
  auto& made = row.made;
  const auto items = run.batch.items();
  made.run_id = run_ids_.next(now_);
  made.name = made.run_id;
  made.workflow = active.row.made.workflow + "/" + label;
  made.definition_hash = run.definition_hash;
  made.input = run.batch.close(run.batching);
  made.connections = active.row.made.connections;
  made.started_at = now_;
  made.service = child_link(active.row.made.service, label, made.name);
  made.parent = {{active.row.id, run.id, run.next_child, items}};
  row.id = transaction().add(made);
  fault::point("engine.child");
  auto execution = blank(row, workflow(run.definition_hash));
  ++run.next_child;
  ++run.running;
  stimulate(add(std::move(row), std::move(execution)), execution::Start{});
}

void Engine::Core::redrive_child(MapRun& run) {
  auto row = store_.find(run.to_redrive.front());
  run.to_redrive.pop_front();
  ++run.running;
  auto execution = fold(row, workflow(row.made.definition_hash));
  stimulate(add(std::move(row), std::move(execution)), execution::Redrive{});
}

// No other child is started; those under way stop. The state fails when all have ended.
void Engine::Core::fail_map_run(Active& active, MapRun& run, const asl::Failure& failure) {
  run.failure = failure;
  run.feed.reset();
  touch(active);
  stop_children(active.row.id, run.id);
}

void Engine::Core::stop_children(store::ExecutionId parent, execution::EventId map_run) {
  std::vector<store::ExecutionId> children;
  for (const auto& [id, active] : active_) {
    const auto& link = active->row.made.parent;
    if (link && link->execution == parent && link->map_run == map_run) children.push_back(id);
  }
  for (const auto child : children) stop_orphan(child);
}

// After a restart: children whose map run was over before they could be told.
void Engine::Core::find_orphans(const std::set<store::ExecutionId>& running) {
  std::set<std::pair<store::ExecutionId, execution::EventId>> open, seen;
  for (const auto& [id, active] : active_) {
    for (const auto& task : active->execution.open_tasks())
      if (task.map_run) open.emplace(id, task.map_run_id);
  }
  for (const auto& [id, active] : active_) {
    const auto& link = active->row.made.parent;
    if (!link || open.contains({link->execution, link->map_run})) continue;
    if (running.contains(link->execution) && !active_.contains(link->execution)) continue;
    if (seen.emplace(link->execution, link->map_run).second)
      orphans_.emplace_back(link->execution, link->map_run);
  }
}

// A child's end is committed.
void Engine::Core::child_ended(const store::ExecutionRow& row) {
  const auto& link = *row.made.parent;
  const auto parent = active_.find(link.execution);
  if (parent == active_.end()) return;
  const auto run = parent->second->map_runs.find(link.map_run);
  if (run == parent->second->map_runs.end()) return;
  --run->second.running;
  if (row.status != execution::Status::succeeded) run->second.failed_items += link.items;
  queue_map_run(link.execution, run->second.ticket);
}

}  // namespace orch::engine
