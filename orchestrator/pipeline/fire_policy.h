// What becomes of the fires of a pipeline: a run, a place in the queue, or the reason why not.
// Pure: from what is under way and what waits to one verdict for each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/pipeline/overlap.h"

namespace orch::pipeline {

/// A fire that is to be decided, or that waits in the queue.
struct Candidate {
  std::string name;      ///< for reasons: "nightly 2027-03-28T01:00:00Z"
  bool waiting = false;  ///< it is in the queue already
  bool kept = false;     ///< it waits where the pipeline is paused
  bool asked = false;    ///< somebody asked for it: it comes while the pipeline is paused, too
  Millis late{0};        ///< how long after it was to come it is decided
  Millis catch_up = Millis::max();  ///< when it is later than this, it is missed
};

struct Situation {
  Overlap overlap = Overlap::skip;
  std::string paused;                  ///< why triggers do not fire; empty: they do
  std::vector<std::string> under_way;  ///< runs of the pipeline, the oldest first
};

enum class Verdict : std::uint8_t { start, queue, skip, miss };

struct Decision {
  Verdict verdict = Verdict::queue;
  std::string reason;  ///< for people; empty where it starts, and for what waits as before
};

struct Decided {
  std::vector<Decision> fires;  ///< one for each candidate
  bool cancel = false;          ///< the runs under way are to be stopped
};

/// `candidates` in the order of their fire times. Rules, in this order:
///
/// 1. What is later than its catch-up window is missed; what a trigger fires while the pipeline is
///    paused is skipped, or waits where it is kept; what waits goes on waiting while it is paused.
/// 2. allow: all start. queue_all: the oldest starts when nothing is under way, the others wait.
/// 3. skip, queue_one, cancel_running: of those that could start, the latest is taken and the
///    others are skipped. It starts when nothing is under way; otherwise skip leaves it out, the
///    other two let it wait, and cancel_running stops what is under way.
Decided decide(const Situation& situation, std::span<const Candidate> candidates);

}  // namespace orch::pipeline
