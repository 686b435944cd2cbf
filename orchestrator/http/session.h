// One connection of the server. Internal to http.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "orchestrator/http/body_memory.h"
#include "orchestrator/http/server.h"

namespace orch::http {

/// What the connections of a server share; belongs to the io thread.
struct Listening {
  Listening(boost::asio::io_context& io, ServerOptions the_options, Handler the_handler)
      : acceptor(io),
        pause(io),
        options(std::move(the_options)),
        handler(std::move(the_handler)),
        bodies(options.limits.bodies_bytes) {}

  boost::asio::ip::tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  ServerOptions options;
  Handler handler;
  BodyMemory bodies;
  /// What ends connections whose next request is not complete, or whose end was refused; the
  /// longest waiting first.
  std::list<std::function<void()>> idle;
  /// What ends answers that go on.
  std::list<std::function<void()>> streams;
  std::size_t connections = 0;
  std::size_t at_work = 0;
  bool stopping = false;
};

/// Serves the connection until either side ends it. A peer that hangs up or stalls ends its own
/// session and nothing else.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket,
                                   std::shared_ptr<Listening> state);

}  // namespace orch::http
