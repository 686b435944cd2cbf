#include "orchestrator/engine/map_runs.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/time_slice.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/under_decision.h"

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

// Called on threads of feeds and result jobs. A wake must not get lost.
std::function<void()> MapRuns::waker(store::ExecutionId parent, execution::Ticket ticket) {
  return [this, parent, ticket] {
    const auto wake = [this, parent, ticket] { queue(parent, ticket); };
    try {
      commands_.post({wake, [] {}, [wake](const std::exception_ptr&) { wake(); }});
    } catch (const std::exception&) {
      // The engine has stopped; the next one reads on.
    }
  };
}

void MapRuns::update(const std::string& name, const store::MapRunLimits& limits) {
  commands_.tell([&] { change_limits(name, limits); });
}

void MapRuns::change_limits(const std::string& name, const store::MapRunLimits& limits) {
  const auto row = runs_.store.find_map_run(name);
  if (!row) throw Error("ORCH-0203", fmt::format("no map run \"{}\"", name));
  auto* parent = runs_.executions.find(row->execution);
  const auto tasks = parent ? parent->execution.open_tasks() : std::vector<execution::OpenTask>();
  const auto task = std::find_if(tasks.begin(), tasks.end(), [&](const auto& open) {
    return open.map_run && open.map_run_id == row->event;
  });
  if (task == tasks.end()) throw Error("ORCH-0205", fmt::format("map run {} is over", name));
  runs_.turn.transaction().set_map_run_limits(name, limits);
  runs_.executions.touch(*parent);
  auto& known = of_[row->execution].runs;
  if (const auto run = known.find(row->event); run != known.end()) apply(limits, run->second);
  queue(row->execution, task->ticket);
}

void MapRuns::decide() {
  for (auto count = waiting_.size(); count > 0 && !runs_.turn.is_full(share::map_runs); --count) {
    const auto [parent, ticket] = waiting_.front();
    waiting_.pop_front();
    runs_.isolation.within(parent, [&, id = parent, open = ticket] {
      auto* run = runs_.executions.find(id);
      const auto task = run ? run->execution.open_task(open) : std::nullopt;
      if (task) go_on(*run, *task);
    });
  }
}

void MapRuns::go_on(Active& parent, const execution::OpenTask& task) {
  // Before the first item is taken: should the store fail in mid turn, the children are counted
  // anew.
  runs_.executions.touch(parent);
  const store::UnderDecision::Mark mark(runs_.store.under_decision(), parent.row.id);
  auto& run = run_of(parent, task);
  try {
    open_feed(parent, task, run);
    if (!run.failure && run.exceeded())
      fail(parent, run,
           {"States.ExceedToleratedFailureThreshold",
            "The specified tolerated failure threshold was exceeded"});
    if (!run.failure) start_children(parent, task, run);
  } catch (const asl::EvaluationError& error) {
    fail(parent, run, error.failure());
  } catch (const workers::TaskFailed& error) {
    fail(parent, run, {error.error(), error.cause()});
  }
  if (run.finished()) complete(parent, task, run);
}

// Every child has ended: the results go where they belong, then the state continues.
void MapRuns::complete(Active& parent, const execution::OpenTask& task, MapRun& run) {
  auto output = output_of(parent, task, run);
  if (!output) return;
  const auto failure = run.failure;
  auto& of = of_[parent.row.id];
  of.open.erase(task.map_run_id);
  of.runs.erase(task.map_run_id);
  if (failure)
    return runs_.decisions.stimulate(parent, execution::TaskBroken{task.ticket, *failure});
  runs_.decisions.stimulate(parent, execution::TaskDone{task.ticket, std::move(*output)});
}

// Nothing: results are still being written.
std::optional<json::Payload> MapRuns::output_of(const Active& parent,
                                                const execution::OpenTask& task, MapRun& run) {
  if (!run.writer || run.next_child == 0)
    return json::Payload::of_text(run.failure ? "[]"
                                              : runs_.store.child_outputs(parent.row.id, run.id));
  if (!run.results)
    run.results = make_leavable<ResultJob>(
        background_, registry_.outside(), *run.writer, runs_.executions.access_of(parent),
        map_run_arn(parent.row.made, run.name), waker(parent.row.id, task.ticket));
  if (run.results->wants_page()) {
    std::vector<workers::ChildResult> page;
    for (const auto& child :
         runs_.store.children(parent.row.id, run.id, run.results->next_child(), page_length))
      page.push_back(shown(child));
    run.results->give(std::move(page));
  }
  auto details = written(*run.results, run);
  if (!details) return std::nullopt;
  return json::Payload::of_value(details_of(parent.row.made, run, std::move(*details)));
}

// In memory, or counted anew from the children's rows: after a restart or a failed commit.
MapRun& MapRuns::run_of(Active& parent, const execution::OpenTask& task) {
  auto& runs = of_[parent.row.id].runs;
  const auto known = runs.find(task.map_run_id);
  if (known != runs.end() && known->second.ticket == task.ticket) return known->second;
  runs.erase(task.map_run_id);
  return runs.emplace(task.map_run_id, counted(parent, task)).first->second;
}

MapRun MapRuns::counted(Active& parent, const execution::OpenTask& task) {
  fault::point("engine.map_run");
  auto& store = runs_.store;
  auto run = read_plan(task);
  if (const auto row = store.find_map_run(run.name))
    apply(row->limits, run);
  else
    runs_.turn.transaction().keep_map_run({run.name, parent.row.id, run.id});
  const auto child = runs_.workflows.child_of(parent.row.made.definition_hash, task.state);
  run.definition_hash = child->hash;
  runs_.turn.transaction().keep_definition(child->hash, child->text);
  run.count(store.count_children(parent.row.id, run.id));
  if (!task.redriven_at) return run;
  const auto redriven = static_cast<execution::EventId>(task.ticket);
  for (auto& failed : store.failed_children(parent.row.id, run.id, redriven))
    run.to_redrive.push_back(std::move(failed));
  for (const auto& failed : run.to_redrive)
    run.failed_items -= store.find(failed).made.parent->items;
  return run;
}

void MapRuns::open_feed(Active& parent, const execution::OpenTask& task, MapRun& run) {
  if (run.feed || run.length || run.failure) return;
  if (!run.reader) return set_length(run, parent.execution.item_count(task.ticket));
  run.feed = make_leavable<ItemFeed>(background_, registry_.outside(), *run.reader,
                                     runs_.executions.access_of(parent), run.next_item,
                                     waker(parent.row.id, task.ticket));
}

void MapRuns::set_length(MapRun& run, std::int64_t items) {
  if (run.length) return;
  run.length = items;
  runs_.turn.transaction().set_map_run_items(run.name, items);
}

void MapRuns::start_children(Active& parent, const execution::OpenTask& task, MapRun& run) {
  while (run.may_start() && !runs_.turn.is_full(share::map_runs)) {
    if (!run.to_redrive.empty()) {
      redrive_child(run);
    } else if (fill_batch(parent, run)) {
      start_child(parent, run);
    } else {
      return;  // the end of the items, or the feed tells when there are more
    }
  }
  if (runs_.turn.is_full(share::map_runs)) queue(parent.row.id, task.ticket);
}

// True when the next child's input is complete.
bool MapRuns::fill_batch(Active& parent, MapRun& run) {
  while (!run.batch.full(run.batching)) {
    auto item = next_input(parent, run);
    if (!item) return run.batch.items() > 0 && run.length && !run.is_selecting();
    run.batch.add(item->text(), run.batching);
  }
  return true;
}

// What the next item is to its child.
std::optional<json::Payload> MapRuns::next_input(Active& parent, MapRun& run) {
  if (run.is_selecting()) return selected(*run.selection);
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
  const auto moment = runs_.turn.moment();
  try {
    const TimeSlice slice(longest_decision);
    return parent.execution.item_input(moment, run.ticket, run.next_item++,
                                       outside ? &*outside : nullptr);
  } catch (const SliceOver&) {
    select_elsewhere(parent, run, moment, outside);
    return std::nullopt;
  }
}

// The item before next_item, whose ItemSelector takes longer than a turn gives it.
void MapRuns::select_elsewhere(Active& parent, MapRun& run, const execution::Moment& moment,
                               const std::optional<json::Payload>& item) {
  auto& selection = run.selection;
  if (!selection)
    selection = std::make_shared<ItemSelection>(parent.row.id, parent.execution.copy());
  selection->moment = moment;
  selection->ticket = run.ticket;
  selection->index = run.next_item - 1;
  selection->item.reset();
  if (item) selection->item = item->apart();
  selection->under_way = true;
  selection->done = false;
  runs_.decisions.make_elsewhere(
      selection, [this, selection, wake = waker(parent.row.id, run.ticket)] {
        try {
          commands_.post({[selection] { selection->done = true; }, [] {},
                          [selection](const std::exception_ptr&) { selection->done = true; }});
        } catch (const std::exception&) {
          return;  // the engine has stopped; the next one selects again
        }
        wake();
      });
}

// Nothing: it is still being evaluated. Throws EvaluationError.
std::optional<json::Payload> MapRuns::selected(ItemSelection& selection) {
  if (!selection.done) return std::nullopt;
  selection.under_way = false;
  if (!selection.failure.empty())
    throw std::runtime_error(std::exchange(selection.failure, std::string()));
  if (selection.refused)
    throw asl::EvaluationError(*std::exchange(selection.refused, std::nullopt));
  return std::exchange(selection.input, std::nullopt);
}

void MapRuns::start_child(Active& parent, MapRun& run) {
  fault::point("engine.child");
  const auto label = run.name.substr(0, run.name.find(':'));
  store::ExecutionRow row;
  auto& made = row.made;
  const auto items = run.batch.items();
  made.run_id = runs_.turn.new_run_id();
  made.name = made.run_id;
  made.workflow = parent.row.made.workflow + "/" + label;
  made.definition_hash = run.definition_hash;
  made.input = run.batch.close(run.batching);
  made.connections = parent.row.made.connections;
  made.started_at = runs_.turn.now();
  made.service = child_link(parent.row.made.service, label, made.name);
  made.parent = {{parent.row.id, run.id, run.next_child, items}};
  row.id = runs_.turn.transaction().add(made);
  runs_.turn.brings(row.id, 0);
  fault::point("engine.child");
  auto execution = runs_.workflows.blank(row);
  ++run.next_child;
  ++run.running;
  runs_.decisions.stimulate(runs_.executions.add(std::move(row), std::move(execution)),
                            execution::Start{});
}

void MapRuns::redrive_child(MapRun& run) {
  auto row = runs_.store.find(run.to_redrive.front());
  run.to_redrive.pop_front();
  ++run.running;
  auto execution = runs_.workflows.fold(row);
  runs_.decisions.stimulate(runs_.executions.add(std::move(row), std::move(execution)),
                            execution::Redrive{});
}

// No other child is started; those under way stop. The state fails when all have ended.
void MapRuns::fail(Active& parent, MapRun& run, const asl::Failure& failure) {
  run.failure = failure;
  run.feed.reset();
  run.drop_selection();
  runs_.executions.touch(parent);
  orphans_.stop_children(parent.row.id, run.id);
}

bool MapRuns::take_on(Active& run, const execution::OpenTask& task) {
  if (!task.map_run) return false;
  of_[run.row.id].open.insert_or_assign(task.map_run_id, task.ticket);
  queue(run.row.id, task.ticket);
  return true;
}

void MapRuns::follow(Active& run, const execution::Event& event) {
  if (event.type != execution::EventType::map_run_started &&
      event.type != execution::EventType::map_run_redriven)
    return;
  if (const auto task = run.execution.open_task(execution::Ticket{event.id})) take_on(run, *task);
}

void MapRuns::closed_some(Active& run) {
  const auto of = of_.find(run.row.id);
  if (of == of_.end()) return;
  std::erase_if(of->second.open, [&](const auto& entry) {
    if (run.execution.is_open(entry.second)) return false;
    orphans_.add_children(run.row.id, entry.first);
    of->second.runs.erase(entry.first);
    return true;
  });
}

void MapRuns::undone(Active& run) {
  const auto of = of_.find(run.row.id);
  if (of == of_.end()) return;
  for (const auto& [id, map_run] : std::exchange(of->second.runs, {}))
    queue(run.row.id, map_run.ticket);
}

// A parent leaves its children; a child is counted by its parent.
void MapRuns::ended(Active& run) {
  if (const auto of = of_.find(run.row.id); of != of_.end())
    for (const auto& [id, ticket] : of->second.open) orphans_.add_children(run.row.id, id);
  if (!run.row.made.parent) return;
  const auto& link = *run.row.made.parent;
  const auto of = of_.find(link.execution);
  if (of == of_.end()) return;
  const auto map_run = of->second.runs.find(link.map_run);
  if (map_run == of->second.runs.end()) return;
  --map_run->second.running;
  if (run.row.status != execution::Status::succeeded) map_run->second.failed_items += link.items;
  queue(link.execution, map_run->second.ticket);
}

void MapRuns::dropped(const Active& run, const std::exception_ptr&) { of_.erase(run.row.id); }

// Children whose map run was over before they could be told.
void MapRuns::recovered(const std::set<store::ExecutionId>& running) {
  std::set<std::pair<store::ExecutionId, execution::EventId>> open, seen;
  const auto& all = runs_.executions.all();
  for (const auto& [id, run] : all) {
    for (const auto& task : run->execution.open_tasks())
      if (task.map_run) open.emplace(id, task.map_run_id);
  }
  for (const auto& [id, run] : all) {
    const auto& link = run->row.made.parent;
    if (!link || open.contains({link->execution, link->map_run})) continue;
    if (running.contains(link->execution) && !all.contains(link->execution)) continue;
    if (seen.emplace(link->execution, link->map_run).second)
      orphans_.add_children(link->execution, link->map_run);
  }
}

}  // namespace orch::engine
