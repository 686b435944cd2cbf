#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "workers/connectors/connections.h"
#include "workers/data/failure.h"
#include "workers/replication/audit/audit.h"
#include "workers/replication/current_entry.h"
#include "workers/replication/landing.h"
#include "workers/replication/overtaken.h"
#include "workers/replication/steps.h"
#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

/// The entry's ends, opened.
struct Ends {
  std::unique_ptr<data::Source> source;
  std::unique_ptr<data::Target> target;
  /// Opens the target's database to be read from.
  std::function<std::unique_ptr<data::Source>()> published;
};
enum class Needs : std::uint8_t { target, both };

const boost::json::value& member(const workers::Task& task, const char* name) {
  const auto* input = task.input.if_object();
  const auto* value = input ? input->if_contains(name) : nullptr;
  if (value) return *value;
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{} of state {}: no \"{}\" in the input", task.resource, task.state, name),
      "see the shipped workflows for what the step expects", "ORCH-0530");
}

/// Once both ends are open, errors of the source start with its name; all others happen at the
/// target.
const std::string& connection_of(const catalog::Entry& entry, const std::string& error) {
  return error.starts_with("Source.") ? entry.source_connection : entry.target_connection;
}

/// Opens the entry's source; what fails names its connection.
std::unique_ptr<data::Source> open_source(const Work& work,
                                          const connectors::Connections& connections) {
  try {
    return connections.open_source(work.entry.source_connection,
                                   [&context = work.context] { return context.stop_requested(); });
  } catch (const workers::TaskFailed& failure) {
    throw data::amended(failure, "", {{"connection", work.entry.source_connection}});
  }
}

Ends open_ends(const Work& work, Needs needs) {
  const auto& task = work.task;
  const auto& entry = work.entry;
  const auto stop = [&context = work.context] { return context.stop_requested(); };
  const auto connections = connectors::Connections::current(task.connections);
  Ends ends;
  // The target first: opening it may switch its file to WAL, which no reader may hold up.
  ends.target = connections->open_target(entry.target_connection, stop);
  if (needs == Needs::target) return ends;
  ends.source = open_source(work, *connections);
  ends.published = [connections, name = entry.target_connection, stop] {
    return connections->open_source(name, stop);
  };
  return ends;
}

std::chrono::seconds pause_in(const boost::json::value& input) {
  const auto* value = input.as_object().if_contains("pause_seconds");
  if (!value) return default_pause;
  if (value->is_int64() && value->get_int64() >= 0 && value->get_int64() <= 3'600)
    return std::chrono::seconds(value->get_int64());
  throw workers::TaskFailed("Input.Invalid", "pause_seconds must be a whole number from 0 to 3600",
                            "", "ORCH-0530");
}

boost::json::object compare(const Work& work, const Ends& ends) {
  const Pulse pulse(work, "comparing");
  const auto pause = pause_in(work.task.input);
  const auto stop = [&work] { return work.context.stop_requested(); };
  std::unique_ptr<data::Source> published;
  const auto open = [&]() -> data::Source& { return *(published = ends.published()); };
  const auto result = audit(work.entry, {*ends.source, *ends.target, open},
                            {[&] { pause_for(pause, stop); }, stop});
  if (!result.equal()) throw audit_failure(result);
  return to_json(result);
}

/// Runs a step for the task's "table", with the connections it needs open; adds key and connection
/// to what fails.
class StepWorker final : public workers::Worker {
 public:
  using Step = std::function<boost::json::object(const Work&, const Ends&)>;

  StepWorker(Needs needs, Step step) : needs_(needs), step_(std::move(step)) {}

  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto current = current_entry(task, member(task, "table"));
    const Work work{task, context, current.entry};
    const auto& entry = work.entry;
    Ends ends;
    try {
      ends = open_ends(work, needs_);
      auto output = step_(work, ends);
      if (current.changed) output["entry"] = "changed";
      return output;
    } catch (const workers::TaskFailed& failure) {
      throw data::amended(
          ends.target ? naming_other_run(failure, work, *ends.target) : failure, "",
          {{"key", entry.key}, {"connection", connection_of(entry, failure.error())}});
    }
  }

 private:
  Needs needs_;
  Step step_;
};

}  // namespace

std::unique_ptr<workers::Worker> make_stage() {
  return std::make_unique<StepWorker>(Needs::both, [](const Work& work, const Ends& ends) {
    return stage(work, *ends.source, *ends.target);
  });
}

std::unique_ptr<workers::Worker> make_verify() {
  return std::make_unique<StepWorker>(Needs::target, [](const Work& work, const Ends& ends) {
    return verify(work, *ends.target, member(work.task, "load"));
  });
}

std::unique_ptr<workers::Worker> make_merge() {
  return std::make_unique<StepWorker>(Needs::target, [](const Work& work, const Ends& ends) {
    auto output = merge(work, *ends.target, member(work.task, "load"));
    const auto& landing = work.entry.source.files.landing;
    if (landing && !landing->archive.empty()) {
      const auto connections = connectors::Connections::current(work.task.connections);
      archive_files(work, *open_source(work, *connections), *ends.target);
    }
    return output;
  });
}

std::unique_ptr<workers::Worker> make_audit() {
  return std::make_unique<StepWorker>(Needs::both, compare);
}

std::unique_ptr<workers::Worker> make_reconcile() {
  return std::make_unique<StepWorker>(Needs::target, [](const Work& work, const Ends& ends) {
    const auto* input = work.task.input.if_object();
    return reconcile(work, *ends.target, input ? input->if_contains("load") : nullptr);
  });
}

}  // namespace orch::replication
