// What a task uses that others use too, and may have to wait for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::workers {

struct Task;

/// So many starts in so long a time.
struct Rate {
  std::int64_t count = 0;
  Millis per{1'000};

  friend bool operator==(const Rate&, const Rate&) = default;
};

/// One thing that a task uses while it is at work.
struct Need {
  enum class Kind : std::uint8_t { connection, tag } kind = Kind::connection;
  std::string name;     ///< of the connection or the tag
  std::string counted;  ///< what is shared: the database of the connection; of a tag its name
  std::optional<std::int64_t> at_once = {};  ///< most tasks that use it at a time
  std::optional<Rate> rate = {};             ///< most tasks that begin to use it
  /// Nothing begins before: a maintenance window is open.
  std::optional<Instant> closed_until = {};
  std::string closed_why = {};
  /// How long tasks wait for it when it does not answer, instead of failing.
  std::optional<Millis> patience = {};
  /// The task does not use it for long: it takes no slot, and finds out itself whether it answers.
  bool looks = false;

  /// Whether anything but a hold can make a task wait.
  bool limited() const { return at_once || rate || closed_until || patience; }
};

using Needs = std::vector<Need>;

/// Whether a task may begin.
struct Admitted {
  bool go = true;  ///< false: it waits, and is delivered again
  /// Connections that did not answer the last time: the task begins when they do, and waits again
  /// where `go_anyway` does not have them.
  std::vector<std::string> ask_first = {};
  std::vector<std::string> go_anyway = {};
};

/// Tells what tasks need. Called on worker threads.
class Needing {
 public:
  virtual ~Needing() = default;
  /// Empty for a task that cannot be understood: its worker says what is wrong.
  virtual Needs needs_of(const Task& task) const = 0;
  /// Whether the connection of this name answers; connects, and blocks until it does or fails.
  virtual bool answers(const Task& task, const std::string& connection) const = 0;
};

}  // namespace orch::workers
