// The engine's thread: one turn after another.
#pragma once

#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/turn.h"
#include "orchestrator/engine/wakeup.h"

namespace orch::engine {

/// Knows nothing of what is decided: only its participants, in the order in which they do.
class TurnLoop {
 public:
  /// `give_up`: how long a failing commit is tried again. All must outlive the loop.
  TurnLoop(Turn& turn, Wakeup& wakeup, std::vector<Participant*> participants, Millis give_up);
  /// Decides what has arrived, then ends the thread.
  ~TurnLoop();
  TurnLoop(const TurnLoop&) = delete;
  TurnLoop& operator=(const TurnLoop&) = delete;

 private:
  void run();
  bool wait();
  void take_turn();
  void commit();
  void try_commit();
  void roll_back();
  void try_again_later(const std::exception& error, Instant give_up, Millis& delay);
  template <class Question>
  bool any(Question question) const;

  Turn& turn_;
  Wakeup& wakeup_;
  std::vector<Participant*> participants_;
  Millis give_up_;
  std::thread thread_;
};

}  // namespace orch::engine
