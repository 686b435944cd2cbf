// Who is told what: (state, facts, now) → messages and the next state. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/alerts/rule.h"
#include "orchestrator/alerts/state.h"

namespace orch::alerts {

/// What alerts are about.
struct Subject {
  std::string name;   ///< "pipeline:load", "workflow:replicate", "server"
  std::string owner;  ///< whom people ask; may be empty
  std::vector<Rule> rules;
  std::optional<Promise> promise = {};
};

/// A run that has ended.
struct RunEnd {
  std::string run;  ///< its id
  std::string name;
  enum class How : std::uint8_t { succeeded, failed, stopped } how = How::succeeded;
  std::string failure;              ///< for people: error, message, metadata key
  std::vector<std::string> caught;  ///< failures of its tasks, when it succeeded nevertheless
  std::vector<std::string> drift;   ///< tables whose columns have changed
  Instant started;
  Instant ended;
};

struct RunUnderWay {
  std::string run;
  std::string name;
  Instant started;
};

/// A fire time that has no run.
struct MissingRun {
  std::string trigger;
  Instant fire_time;
  std::string reason;  ///< may be empty
};

struct Facts {
  std::vector<RunEnd> ended;  ///< since the last evaluation, in order
  std::vector<RunUnderWay> under_way;
  std::vector<MissingRun> missing;
  std::optional<Instant> latest_fire;  ///< that has a run
  std::optional<double> free_percent;  ///< of the store's disk
  std::optional<std::string> store_trouble;
};

struct Silence {
  std::string subject;  ///< "*": all
  std::string rule;     ///< "*": all
  Instant until;
};

struct Notice {
  enum class Kind : std::uint8_t { firing, repeated, escalated, recovered } kind = Kind::firing;
  std::string subject;
  std::string owner;
  std::string rule;
  Condition condition = Condition::failed;
  std::string severity;
  std::string text;
  std::string run;  ///< id; may be empty
  Instant since;
  std::int64_t count = 1;
  std::vector<std::string> to;
};

struct Evaluation {
  SubjectState state;
  std::vector<Notice> notices;
};

/// Of the subject's rules. An incident that is silenced is not told before the silence is over.
Evaluation evaluate(const Subject& subject, SubjectState state, const Facts& facts,
                    const std::vector<Silence>& silences, Instant now);

}  // namespace orch::alerts
