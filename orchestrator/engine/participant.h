// What takes part in every turn.
#pragma once

#include <exception>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// One of those whose work makes up a turn. All functions are called on the engine's thread.
///
/// A turn calls decide() of all in their order, then write() of all, commits, then committed() of
/// all and carry_out() of all. When anything before the commit fails: rolled_back() of all, and the
/// turn begins again with decide().
class Participant {
 public:
  virtual ~Participant() = default;
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  /// Decides its share of what is to be done. Keeps what it takes until committed().
  virtual void decide() {}
  /// Adds to the transaction what decide() of all led to.
  virtual void write() {}
  /// What was decided has happened.
  virtual void committed() {}
  /// Nothing of what was decided has happened, unless the store says so when it is read again.
  virtual void rolled_back() {}
  /// Does what follows outside of the store. An error here is an error of one run.
  virtual void carry_out() {}

  /// True when the next turn is due at once.
  virtual bool has_work() const { return false; }
  /// True when other threads have brought something that is not committed yet: the engine does not
  /// close before it is.
  virtual bool has_arrived() const { return false; }
  /// True when other threads will bring something within microseconds.
  virtual bool expects_arrivals() const { return false; }
  /// How long it has nothing to do when nothing arrives.
  virtual Millis patience() const { return Millis::max(); }
  /// No turn follows: callers that wait are told `reason`.
  virtual void closed(const std::exception_ptr& /*reason*/) {}
};

}  // namespace orch::engine
