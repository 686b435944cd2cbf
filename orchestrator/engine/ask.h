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
    std::exception_ptr refused;
  };
  auto state = std::make_shared<State>();
  Command command;
  command.act = [state, work = std::move(work)] {
    try {
      state->refused = nullptr;
      state->result = work();
    } catch (const Error& error) {
      if (may_pass(error)) throw;
      state->refused = std::current_exception();
    } catch (const std::exception&) {
      state->refused = std::current_exception();
    }
  };
  command.answer = [state] {
    if (state->refused) return state->promise.set_exception(state->refused);
    state->promise.set_value(std::move(*state->result));
  };
  command.fail = [state](std::exception_ptr error) { state->promise.set_exception(error); };
  auto future = state->promise.get_future();
  post(std::move(command));
  return future;
}

}  // namespace orch::engine
