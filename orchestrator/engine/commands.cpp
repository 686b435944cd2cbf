#include "orchestrator/engine/commands.h"

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/engine/own_fault.h"

namespace orch::engine {

void Commands::post(Command command) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) std::rethrow_exception(closed_);
    arrivals_.add(std::move(command));
  }
  wakeup_.ring();
}

void Commands::tell(const std::function<void()>& act) {
  ask<bool>([&] {
    act();
    return true;
  }).get();
}

void Commands::decide() {
  auto& pending = arrivals_.pending();
  for (arrivals_.taken = 0; arrivals_.taken < pending.size() && !turn_.is_full(share::commands);
       ++arrivals_.taken)
    obey(pending[arrivals_.taken]);
}

void Commands::obey(Command& command) {
  if (command.spoils) return;
  command.refused = nullptr;
  const auto before = turn_.writes();
  try {
    fault::point("engine.command");
    command.act();
  } catch (...) {
    command.refused = std::current_exception();
    own_fault();
    if (turn_.writes() == before) return;
    command.spoils = true;
    throw SpoiledTurn();
  }
}

void Commands::committed() {
  arrivals_.settle([](const Command& command) {
    if (command.refused)
      command.fail(command.refused);
    else
      command.answer();
  });
}

void Commands::closed(const std::exception_ptr& reason) {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = reason;
  }
  for (const auto& command : arrivals_.pending()) command.fail(reason);
}

}  // namespace orch::engine
