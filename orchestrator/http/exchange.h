// What a session and those who answer its request share. Internal to http.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "orchestrator/http/server.h"

namespace orch::http {

/// The body of a stream between those who write it and the session.
struct StreamQueue {
  std::mutex mutex;  ///< guards the rest
  std::deque<std::shared_ptr<const std::string>> pieces;
  std::size_t bytes = 0;  ///< of the pieces
  bool ended = false;     ///< nothing follows
  bool over = false;      ///< nothing more is sent

  /// Some of the pieces as one text, empty when there is none; null: and none follows.
  std::shared_ptr<const std::string> take();
  void close();
};

/// Everything but `gone` and `peer` belongs to the io thread.
struct Exchange {
  Exchange(const boost::asio::any_io_executor& executor, Peer the_peer)
      : peer(std::move(the_peer)), news(executor) {
    news.expires_at(std::chrono::steady_clock::time_point::max());
  }

  const Peer peer;
  boost::asio::steady_timer news;  ///< cancelled when there is some
  std::optional<Response> response;
  std::shared_ptr<StreamQueue> stream;  ///< the body that follows the head in `response`
  std::function<void()> lost;           ///< see Reply::send
  std::function<void()> when_gone;      ///< see Reply::when_gone
  std::atomic<bool> gone = false;       ///< the client has stopped sending
  bool broken = false;                  ///< nor can it read
  bool over = false;                    ///< the session no longer waits
};

}  // namespace orch::http
