// Follows a run to its end and shows what happens, in whichever process it runs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/render/live.h"
#include "orchestrator/engine/feed.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/store/store.h"

namespace orch::cli {

/// A run, read event by event: from the store, or as the engine of this process tells of it. What
/// its pipeline marks is hidden.
class RunReader {
 public:
  /// Throws Error ORCH-0203 when there is no such run.
  RunReader(store::Store& store, const std::string& run);

  /// Reads from the store what is new.
  void refresh();
  /// Takes what the feed tells of the run; the store is read only where the feed says less.
  void apply(const engine::FeedBatch& batch);
  view::RunView view(const std::string& owner) const;
  const store::ExecutionRow& row() const { return row_; }

 private:
  bool apply(const engine::Committed& committed);
  void apply(const engine::TaskProgress& reported);

  store::ExecutionRow hidden(store::ExecutionRow row);

  store::Store& store_;
  store::Redactors redactors_;
  store::ExecutionRow row_;
  view::Projection projection_;
  std::vector<store::ProgressRow> progress_;
  std::optional<view::Waiting> waiting_;
  std::vector<view::TaskWait> task_waits_;
  std::optional<store::HoldRow> held_;
};

/// Counts Ctrl-C and SIGTERM from now on; the second one ends the process at once (exit code 4).
void catch_interrupts();
bool interrupted();

enum class FollowEnd { ended, paused, interrupted, owner_gone };

/// Shows the run on standard error until it has ended, is paused, Ctrl-C came, or `going_on` (asked
/// about once a second) says that no process runs it. `bring` waits for at most the given time and
/// brings the run up to date.
FollowEnd follow(const Context& context, RunReader& run, const std::function<void(Millis)>& bring,
                 const std::function<bool()>& going_on);

/// Says on standard error that the run is paused and what to type.
void show_paused(const Context& context, const store::ExecutionRow& row);

/// Shows how the run has ended and returns the exit code of its status. On standard output: in JSON
/// the run, as `orch status` has it; else the tables of a replication, or the run's output with the
/// rest on standard error. With --quiet: on standard error, and nothing after success.
int show_end(const Context& context, const RunReader& run);

}  // namespace orch::cli
