// What callers ask the engine for: each call becomes a command of a turn.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "orchestrator/engine/arrivals.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/turn.h"
#include "orchestrator/engine/wakeup.h"

namespace orch::engine {

/// `act` runs inside the turn and may be run again after a store error; after the commit comes
/// `answer`, or `fail` with what `act` threw.
struct Command {
  std::function<void()> act;
  std::function<void()> answer;
  std::function<void(std::exception_ptr)> fail;
  std::exception_ptr refused = {};  ///< what `act` threw
  bool spoils = false;              ///< it threw after it had begun to write, and is not run again
};

/// A command that throws is refused; when it had begun to write, the turn is decided without it.
class Commands final : public Participant {
 public:
  Commands(Turn& turn, Wakeup& wakeup) : turn_(turn), wakeup_(wakeup) {}

  /// Thread-safe. Throws the engine's fatal error, or Error ORCH-0212 when it has stopped.
  void post(Command command);
  /// `act` as a command, and its result once that is committed. Thread-safe; throws like post().
  template <class Result>
  std::future<Result> ask(std::function<Result()> act);
  /// Likewise, without a result; waits for the commit.
  void tell(const std::function<void()>& act);

  void decide() override;
  void committed() override;
  bool has_work() const override { return !arrivals_.empty(); }
  bool has_arrived() const override { return !arrivals_.empty(); }
  void closed(const std::exception_ptr& reason) override;

 private:
  void obey(Command& command);

  Turn& turn_;
  Wakeup& wakeup_;
  Arrivals<Command> arrivals_;
  std::mutex mutex_;           ///< guards closed_; held while a command is added
  std::exception_ptr closed_;  ///< why nothing is taken; null: it is
};

template <class Result>
std::future<Result> Commands::ask(std::function<Result()> act) {
  struct State {
    std::promise<Result> promise;
    std::optional<Result> result;
  };
  auto state = std::make_shared<State>();
  Command command;
  command.act = [state, act = std::move(act)] { state->result = act(); };
  command.answer = [state] { state->promise.set_value(std::move(*state->result)); };
  command.fail = [state](std::exception_ptr error) { state->promise.set_exception(error); };
  auto future = state->promise.get_future();
  post(std::move(command));
  return future;
}

}  // namespace orch::engine
