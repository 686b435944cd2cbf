// The built-in workers as a fleet: they poll the activities of an endpoint of the Step Functions
// API and do their tasks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "workers/fleet/activity.h"
#include "workers/fleet/attempt.h"
#include "workers/fleet/caller.h"
#include "workers/fleet/event.h"
#include "workers/fleet/report.h"
#include "workers/perform.h"

namespace orch::fleet {

/// An activity and what does its tasks.
struct Assignment {
  std::string activity;  ///< its ARN
  std::string resource;  ///< "orch:stage"
};

struct Options {
  std::vector<Assignment> assignments;
  int concurrency = 1;  ///< tasks of one activity at once
  Millis heartbeat{10'000};
  std::string worker_name;            ///< at most 80 characters, for the history
  std::filesystem::path connections;  ///< may be empty
};

/// Tasks by their end.
struct Tally {
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t lost = 0;
  std::int64_t released = 0;
  std::int64_t at_work = 0;
};

class Fleet {
 public:
  /// `client` and `registry` outlive the fleet. Starts at once: `concurrency` threads for each
  /// activity, and one more for each task at work, which tells the endpoint that it is.
  Fleet(const Client& client, const workers::Registry& registry, Options options, Observer observe);
  /// Ends the polls and waits for the tasks at work, however long they take.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// What has ended the polls: a refusal that no repetition mends.
  std::optional<Error> failure() const;

  /// Ends the polls and gives the tasks at work `patience` to end. Those that do not are told to
  /// stop and given back. False: a worker does not stop, and only the end of the process ends it.
  bool drain(Millis patience);

  Tally tally() const;

 private:
  class Listed;

  void serve(const Assignment& assignment);
  std::optional<ActivityTask> poll(const Assignment& assignment);
  void take(const Assignment& assignment, const ActivityTask& given);
  workers::Outcome perform(const ActivityTask& given, Work& work, Attempt& attempt, Instant begun);
  void beat(const ActivityTask& given, const workers::Task& task, Attempt& attempt, Instant begun,
            const Heart& heart);
  void finish(const ActivityTask& given, const workers::Task& task, Attempt& attempt,
              const workers::Outcome& outcome, Instant begun);
  /// Why the endpoint cannot be told; empty when it has been.
  std::string tell(const Report& report);
  void end_task(const Event& event, std::int64_t Tally::*end);
  void fail(const Error& error);
  void stop_polls();
  bool wait_idle(Millis patience);

  const workers::Registry& registry_;
  const Options options_;
  const Observer observe_;
  Caller caller_;
  std::atomic<bool> stopping_ = false;  ///< no more polls
  std::atomic<bool> leaving_ = false;   ///< no repetitions of what cannot be told, either
  mutable std::mutex mutex_;            ///< guards what follows
  std::condition_variable idle_;
  std::size_t serving_ = 0;  ///< threads that poll or work
  std::vector<Attempt*> at_work_;
  bool releasing_ = false;  ///< whatever is at work is given back
  Tally tally_;
  std::optional<Error> failure_;
  std::vector<std::thread> threads_;  ///< belongs to the owner's thread
};

}  // namespace orch::fleet
