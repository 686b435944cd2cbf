// How a call becomes a command of a turn.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "orchestrator/engine/core.h"

namespace orch::engine {

template <class Result>
std::future<Result> Engine::Core::ask(std::function<Result()> work) {
  struct State {
    std::promise<Result> promise;
    std::optional<Result> result;
  };
  auto state = std::make_shared<State>();
  Command command;
  command.act = [state, work = std::move(work)] { state->result = work(); };
  command.answer = [state] { state->promise.set_value(std::move(*state->result)); };
  command.fail = [state](std::exception_ptr error) { state->promise.set_exception(error); };
  auto future = state->promise.get_future();
  post(std::move(command));
  return future;
}

}  // namespace orch::engine
