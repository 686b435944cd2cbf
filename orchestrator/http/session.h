// One connection of the server. Internal to http.
#pragma once

#include <list>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "orchestrator/http/server.h"

namespace orch::http {

/// What the connections of a server share; belongs to the io thread.
struct Listening {
  Listening(boost::asio::io_context& io, ServerOptions the_options, Handler the_handler)
      : acceptor(io), pause(io), options(std::move(the_options)), handler(std::move(the_handler)) {}

  boost::asio::ip::tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  ServerOptions options;
  Handler handler;
  /// Connections whose next request is not complete, the longest waiting first.
  std::list<boost::beast::tcp_stream*> idle;
  std::size_t connections = 0;
  std::size_t at_work = 0;
  bool stopping = false;
};

/// Serves the connection until either side ends it. A peer that hangs up or stalls ends its own
/// session and nothing else.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket,
                                   std::shared_ptr<Listening> state);

/// A refusal of the server itself, before anybody has seen the request.
Response refusal(boost::beast::http::status status, const char* type, const std::string& message);

}  // namespace orch::http
