// New runs that callers ask for.
#pragma once

#include <future>
#include <optional>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/runs.h"

namespace orch::engine {

/// Throws Error ORCH-0204 when a Task state names a resource of orch that no worker serves.
void check_resources(const asl::Workflow& workflow, const workers::Registry& registry);

/// Throws Error ORCH-0003 "the `what` is not JSON".
void check_json(const std::string& text, const char* what);

class Submissions {
 public:
  Submissions(Runs& runs, Commands& commands, const workers::Registry& registry)
      : runs_(runs), commands_(commands), registry_(registry) {}

  /// As that of the engine. Thread-safe.
  std::future<Submitted> start(Submission submission);
  /// The same in the turn under way.
  Submitted submit(const Submission& submission);
  /// In the turn under way; it is new.
  Submitted start_in_turn(const Submission& submission) { return make(submission, std::nullopt); }
  /// It has been made before, or its name is taken.
  bool is_known(const Submission& submission, const std::optional<store::StarterLink>& starter);
  /// The run whose task asks for it.
  std::optional<store::ExecutionId> starter_of(const Submission& submission);
  /// In the turn under way, for the task `starter`.
  Submitted start_for(const store::StarterLink& starter, const Submission& submission);

 private:
  struct Definition {
    std::string hash;
    std::shared_ptr<const asl::Workflow> workflow;
  };

  Definition definition_of(const Submission& submission);
  Submitted make(const Submission& submission, const std::optional<store::StarterLink>& starter);
  void check_open(const store::StarterLink& starter);
  std::optional<store::StarterLink> link_of(const Submission& submission);

  Runs& runs_;
  Commands& commands_;
  const workers::Registry& registry_;
};

}  // namespace orch::engine
