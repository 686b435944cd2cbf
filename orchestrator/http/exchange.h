// What a session and those who answer its request share. Internal to http.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "orchestrator/http/server.h"

namespace orch::http {

/// Everything but `gone` belongs to the io thread.
struct Exchange {
  explicit Exchange(const boost::asio::any_io_executor& executor) : news(executor) {
    news.expires_at(std::chrono::steady_clock::time_point::max());
  }

  boost::asio::steady_timer news;  ///< cancelled when there is some
  std::optional<Response> response;
  std::function<void()> lost;       ///< see Reply::send
  std::function<void()> when_gone;  ///< see Reply::when_gone
  std::atomic<bool> gone = false;   ///< the client has stopped sending
  bool broken = false;              ///< nor can it read
  bool over = false;                ///< the session no longer waits
};

}  // namespace orch::http
