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

std::optional<Accepted> own_or_ask(const std::filesystem::path& store,
                                   const std::function<void()>& own, const Request& request,
                                   const std::function<bool()>& cancelled) {
  const auto give_up = std::chrono::steady_clock::now() + start_patience;
  while (true) {
    try {
      own();
      return std::nullopt;
    } catch (const Error& error) {
      if (error.code() != "ORCH-0201" || cancelled()) throw;
      if (auto accepted = ask(store, request)) return accepted;
      if (std::chrono::steady_clock::now() > give_up) throw;
    }
    std::this_thread::sleep_for(start_interval);
  }
}

void own_when_free(const std::filesystem::path& store, const std::function<void()>& own) {
  const auto give_up = std::chrono::steady_clock::now() + start_patience;
  while (true) {
    try {
      return own();
    } catch (const Error& error) {
      if (error.code() != "ORCH-0201" || takes_requests(store) ||
          std::chrono::steady_clock::now() > give_up)
        throw;
    }
    std::this_thread::sleep_for(start_interval);
  }
}

}  // namespace orch::host
