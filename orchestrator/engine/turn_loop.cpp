#include "orchestrator/engine/turn_loop.h"

#include <algorithm>
#include <pthread.h>
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/own_fault.h"

namespace orch::engine {
namespace {

constexpr Millis first_delay{50};
constexpr Millis longest_delay{2'000};
constexpr Millis longest_wait{60'000};

}  // namespace

TurnLoop::TurnLoop(Turn& turn, Wakeup& wakeup, std::vector<Participant*> participants,
                   Millis give_up)
    : turn_(turn),
      wakeup_(wakeup),
      participants_(std::move(participants)),
      give_up_(give_up),
      thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "orch-engine");
}

TurnLoop::~TurnLoop() {
  wakeup_.close();
  thread_.join();
}

void TurnLoop::run() {
  auto reason = std::make_exception_ptr(Error("ORCH-0212", "the engine has stopped"));
  try {
    for (auto* each : participants_) each->carry_out();  // what recovery found
    while (wait()) take_turn();
  } catch (const std::exception& error) {
    // Crash-only: the way back is the one of a restart, which tests go again and again.
    log::error("the engine gives up: {}", error.what());
    reason = std::current_exception();
  }
  for (auto* each : participants_) each->closed(reason);
}

template <class Question>
bool TurnLoop::any(Question question) const {
  return std::any_of(participants_.begin(), participants_.end(),
                     [&](const auto* each) { return (each->*question)(); });
}

// Until there is something to do. False: the engine closes, and everything that arrived before is
// decided.
bool TurnLoop::wait() {
  auto patience = any(&Participant::has_work) ? Millis{0} : longest_wait;
  for (const auto* each : participants_) patience = std::min(patience, each->patience());
  wakeup_.wait(patience, any(&Participant::expects_arrivals));
  return !wakeup_.is_closing() || any(&Participant::has_arrived);
}

void TurnLoop::take_turn() {
  commit();
  fault::point("engine.after_commit");
  for (auto* each : participants_) each->committed();
  fault::point("engine.before_dispatch");
  for (auto* each : participants_) each->carry_out();
}

// After a store error nothing has happened; the same is decided again until the store has
// recovered or patience ends. So it is after an error that no run or command can be blamed for.
void TurnLoop::commit() {
  const auto give_up = steady_now() + give_up_;
  auto delay = first_delay;
  while (true) {
    try {
      return try_commit();
    } catch (const SpoiledTurn&) {
      roll_back();
    } catch (const std::exception& error) {
      roll_back();
      try_again_later(error, give_up, delay);
    }
  }
}

void TurnLoop::try_commit() {
  turn_.begin();
  for (auto* each : participants_) each->decide();
  for (auto* each : participants_) each->write();
  if (turn_.has_written()) fault::point("engine.before_commit");
  turn_.commit();
}

void TurnLoop::roll_back() {
  turn_.roll_back();
  for (auto* each : participants_) each->rolled_back();
}

// Inside a catch block; throws on when it makes no sense, or the engine is to close.
void TurnLoop::try_again_later(const std::exception& error, Instant give_up, Millis& delay) {
  const auto* known = dynamic_cast<const Error*>(&error);
  const bool lasts =
      known && !may_pass(*known) && known->code() != "ORCH-0218" && known->code() != "ORCH-0217";
  if (lasts || steady_now() > give_up) throw;
  log::warn({{"code", known ? known->code() : ""}}, "{}; trying again in {} ms", error.what(),
            delay.count());
  if (!wakeup_.pause(delay)) throw;
  delay = std::min(delay * 2, longest_delay);
}

}  // namespace orch::engine
