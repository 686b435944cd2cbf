// What a fleet does, told on the terminal and as JSON lines.
#pragma once

#include <mutex>

#include "orchestrator/cli/command.h"
#include "workers/fleet/event.h"
#include "workers/fleet/fleet.h"

namespace orch::cli {

/// Thread-safe. Lines for people go to standard error; with -o jsonl each event is an object on
/// standard output, too.
class WorkReport {
 public:
  /// `context` outlives this.
  explicit WorkReport(const Context& context) : context_(context) {}

  void operator()(const fleet::Event& event);
  /// What was done in all: with -o json and jsonl on standard output.
  void end(const fleet::Tally& tally);

 private:
  const Context& context_;
  std::mutex mutex_;
};

}  // namespace orch::cli
