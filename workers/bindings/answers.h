// The recorded answers of a binding, and which of them a task gets.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/bindings/condition.h"
#include "workers/worker.h"

namespace orch::bindings {

/// What a task is given, or fails with.
struct Answer {
  std::optional<boost::json::value> result;  ///< unset: it fails
  std::string error;
  std::string cause;
  std::int64_t times = 1;  ///< attempts that get it; the last answer serves all further ones
  std::chrono::milliseconds delay{0};
  bool token = false;  ///< what the token brings, not what the request for it is answered with
};

/// Which tasks an answer is for; everything that is given must hold.
struct Selection {
  std::vector<std::string> states;  ///< names of states; empty: any
  std::optional<Condition> when;
  std::vector<std::int64_t> calls;  ///< numbers of the call within its run, from 1; empty: any

  friend bool operator==(const Selection&, const Selection&) = default;
};

/// The number of each task among those of its run, in the order in which they arrive. A task that
/// is delivered twice keeps its number while this process lives. Thread-safe.
class CallNumbers {
 public:
  std::int64_t of(const workers::Task& task);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::int64_t>> tickets_;  ///< by run
  std::deque<std::string> runs_;                              ///< of tickets_, oldest first
};

class Answers {
 public:
  /// Reads "mock": one answer or a list of them. Answers that follow each other with the same
  /// selection are those of one state's attempts.
  void read(json::Fields& fields, std::string_view field);

  bool empty() const { return groups_.empty(); }
  /// The answer of the first group that the task is for, by the number of its attempt. Throws
  /// TaskFailed "Binding.Failed" when there is none.
  const Answer& pick(const workers::Task& task);

 private:
  struct Group {
    Selection selection;
    std::vector<Answer> answers;
  };
  void add(Selection selection, Answer answer);

  std::vector<Group> groups_;
  bool numbered_ = false;  ///< a selection asks for the number of the call
  CallNumbers numbers_;
};

}  // namespace orch::bindings
