#include "orchestrator/host/own_or_ask.h"

#include <chrono>
#include <thread>

#include "orchestrator/base/error.h"
#include "orchestrator/host/control.h"

namespace orch::host {

std::optional<Accepted> ask(const std::filesystem::path& store, const Request& request) {
  const auto answer = ask_owner(store, to_json(request));
  if (!answer) return std::nullopt;
  return accepted_from(*answer);
}

void own_unless_owned(const std::function<void()>& own, const std::function<Owned()>& owned) {
  const auto give_up = std::chrono::steady_clock::now() + start_patience;
  while (true) {
    try {
      return own();
    } catch (const Error& error) {
      if (error.code() != "ORCH-0201") throw;
      const auto answer = owned();
      if (answer == Owned::done) return;
      if (answer == Owned::refuses || std::chrono::steady_clock::now() > give_up) throw;
    }
    std::this_thread::sleep_for(start_interval);
  }
}

std::optional<Accepted> own_or_ask(const std::filesystem::path& store,
                                   const std::function<void()>& own, const Request& request,
                                   const std::function<bool()>& cancelled) {
  std::optional<Accepted> accepted;
  own_unless_owned(own, [&] {
    if (cancelled()) return Owned::refuses;
    accepted = ask(store, request);
    return accepted ? Owned::done : Owned::is_busy;
  });
  return accepted;
}

void own_when_free(const std::filesystem::path& store, const std::function<void()>& own) {
  own_unless_owned(own, [&] { return takes_requests(store) ? Owned::refuses : Owned::is_busy; });
}

}  // namespace orch::host
