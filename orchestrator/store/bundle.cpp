#include "orchestrator/store/bundle.h"

#include <map>
#include <set>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/payload.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/store/store.h"

namespace orch::store {
namespace {

namespace fs = std::filesystem;

// So many events are read, disguised and written at once.
constexpr std::size_t events_at_once = 1'000;

ExecutionRow topmost(Store& store, ExecutionRow row) {
  while (row.made.parent || row.made.starter)
    row = store.find(row.made.parent ? row.made.parent->execution : row.made.starter->execution);
  return row;
}

/// Copies runs from one store to another, where they have other numbers.
class Copy {
 public:
  Copy(Store& from, Store& to, const Disguise& disguise)
      : from_(from), to_(to), disguise_(disguise) {}

  /// The run, and then all that belongs to it.
  void add(const ExecutionRow& row) {
    const auto id = add_run(row);
    copied_[row.id] = id;
    std::set<execution::EventId> tickets;
    add_history(row.id, id, tickets);
    add_map_runs(row.id, id);
    for (const auto ticket : tickets)
      if (const auto started = from_.find_started(row.id, ticket)) add(*started);
  }

  std::int64_t runs() const { return static_cast<std::int64_t>(copied_.size()); }

 private:
  std::string hidden(const std::string& json) const { return disguise_ ? disguise_(json) : json; }

  std::optional<std::string> hidden_cause(const std::optional<std::string>& cause) const {
    if (!cause || !disguise_) return cause;
    return disguise_(*cause);
  }

  ExecutionId add_run(const ExecutionRow& row) {
    auto made = row.made;
    made.input = hidden(made.input);
    made.request.clear();
    made.service.revision.reset();  // of a state machine that the bundle does not have
    made.pipeline.reset();
    if (made.parent) made.parent->execution = copied_.at(made.parent->execution);
    if (made.starter) made.starter->execution = copied_.at(made.starter->execution);
    auto turn = to_.begin();
    turn->keep_definition(made.definition_hash, from_.definition(made.definition_hash));
    auto copy = row;
    copy.id = turn->add(made);
    copy.made = made;
    if (copy.output) copy.output = hidden(*copy.output);
    copy.cause = hidden_cause(copy.cause);
    turn->set_outcome(copy);
    // What is under way here is not to go on there.
    if (copy.status == execution::Status::running) turn->set_paused(copy.id, copy.made.started_at);
    turn->commit();
    return copy.id;
  }

  execution::Event disguised(execution::Event event) const {
    if (!disguise_) return event;
    if (event.payload) event.payload = json::Payload::of_text(disguise_(event.payload->text()));
    for (auto& [name, value] : event.assigned) value = disguise_(value);
    event.cause = hidden_cause(event.cause);
    event.token.clear();
    return event;
  }

  void add_history(ExecutionId run, ExecutionId copy, std::set<execution::EventId>& tickets) {
    std::vector<execution::Event> events;
    const auto write = [&] {
      if (events.empty()) return;
      auto turn = to_.begin();
      turn->append(copy, events);
      turn->commit();
      events.clear();
    };
    from_.history(run, 0, [&](execution::Event event) {
      if (execution::task_stage(event.type) == execution::TaskStage::scheduled)
        tickets.insert(event.id);
      events.push_back(disguised(std::move(event)));
      if (events.size() == events_at_once) write();
    });
    write();
  }

  void add_map_runs(ExecutionId run, ExecutionId copy) {
    constexpr std::int64_t at_once = 100;
    for (auto map_run : from_.map_runs(run)) {
      map_run.execution = copy;
      auto turn = to_.begin();
      turn->keep_map_run(map_run);
      turn->set_map_run_limits(map_run.name, map_run.limits);
      turn->commit();
      std::int64_t index = 0;
      for (auto children = from_.children(run, map_run.event, index, at_once); !children.empty();
           children = from_.children(run, map_run.event, index, at_once)) {
        for (const auto& child : children) add(child);
        index = children.back().made.parent->index + 1;
      }
    }
  }

  Store& from_;
  Store& to_;
  const Disguise& disguise_;
  std::map<ExecutionId, ExecutionId> copied_;
};

void remove_lock(const fs::path& bundle) {
  std::error_code none;
  for (const char* suffix : {".lock", ".deciding"})
    fs::remove(fs::path(bundle).concat(suffix), none);
}

}  // namespace

std::int64_t bundle_run(const std::string& url, const std::string& run, const fs::path& bundle,
                        const Disguise& disguise) {
  if (fs::exists(bundle))
    throw Error("ORCH-0002", fmt::format("{} exists", bundle.string()),
                "name another file, or remove it");
  const auto from = disguise ? open_for_people(url) : open_as_reader(url);
  const auto top = topmost(*from, from->find(run));
  std::int64_t runs = 0;
  {
    const auto to = open_as_owner(bundle.string(), "orch bundle");
    Copy copy(*from, *to, disguise);
    copy.add(top);
    runs = copy.runs();
  }
  remove_lock(bundle);
  return runs;
}

}  // namespace orch::store
