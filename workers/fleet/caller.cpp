#include "workers/fleet/caller.h"

#include <algorithm>
#include <utility>

#include "orchestrator/base/random.h"

namespace orch::fleet {
namespace {

constexpr Millis first_pause{500};
constexpr Millis longest_pause{30'000};
// A wake-up may be missed between a look and a wait.
constexpr Millis look_interval{200};

/// The call is given up because its answer is not wanted.
struct GivenUp {};

// Between a half and the whole of it, so that many workers do not return in step.
Millis jittered(Millis pause) {
  const auto half = pause.count() / 2;
  return Millis{half + static_cast<std::int64_t>(random_bits() % static_cast<std::uint64_t>(half))};
}

}  // namespace

std::optional<Client::Answer> Caller::insist(std::string_view operation,
                                             const boost::json::object& request, Millis patience,
                                             const Ended& ended) {
  const auto tick = [&] {
    if (ended()) throw GivenUp();
  };
  for (auto wait = first_pause; !ended(); wait = std::min(wait * 2, longest_pause)) {
    try {
      auto answer = client_.call(operation, request, patience, tick);
      note_answer();
      return answer;
    } catch (const GivenUp&) {
      break;
    } catch (const Refusal& refusal) {
      if (!refusal.passing()) {
        note_answer();
        throw;
      }
      const auto time = jittered(wait);
      note_trouble(refusal, time);
      if (!pause(time, ended)) break;
    }
  }
  return std::nullopt;
}

bool Caller::pause(Millis time, const Ended& ended) {
  const auto until = std::chrono::steady_clock::now() + time;
  std::unique_lock lock(mutex_);
  while (!ended()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) return true;
    changed_.wait_until(lock, std::min(until, now + look_interval));
  }
  return false;
}

void Caller::note_trouble(const Refusal& refusal, Millis wait) {
  {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(reachable_, false)) return;
  }
  Event event{Event::Kind::unreachable};
  event.error = refusal.type();
  event.message = refusal.what();
  event.hint = refusal.hint();
  event.wait = wait;
  observe_(event);
}

void Caller::note_answer() {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(reachable_, true)) return;
  }
  observe_({Event::Kind::reachable});
}

}  // namespace orch::fleet
